// The cgroups of a process as folders, in whichever hierarchy they are.
import { existsSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { mountinfo, parseMounts, stat, tryRead } from './proc'

export const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers')

/** cgroup v2 has one tree, for all controllers; v1 has one for each. */
const controllers = isV2 ? [''] : ['memory', 'pids', 'cpu']
const tree = (controller: string) => path.join('/sys/fs/cgroup', controller)
export const trees = controllers.map(tree)

/** The cgroup of a process in the tree of a controller: proc_pid_cgroup(5). */
function groupOf(pid: number, controller: string): string | undefined {
  const lines = (tryRead(`/proc/${pid}/cgroup`) ?? '').matchAll(/^\d+:(.*?):(.*)$/gm)
  return [...lines].find(([, names]) => names?.split(',').includes(controller))?.[2]
}

/** A container may have only its own part of a tree mounted. */
function folderOf(controller: string, group: string): string {
  const point = path.resolve(tree(controller))
  const root =
    parseMounts(mountinfo('self')).findLast((mount) => mount.point === point)?.root ?? '/'
  return path.join(point, path.relative(root, group))
}

/** The cgroups of a command, as folders, that neither its run process nor the test is in. */
export function cgroupsOf(command: number, run: number): string[] {
  return controllers
    .filter((controller) => {
      const outside = [run, process.pid].map((pid) => groupOf(pid, controller))
      return !outside.includes(groupOf(command, controller))
    })
    .map((controller) => folderOf(controller, groupOf(command, controller) ?? ''))
    .filter((folder) => existsSync(folder))
}

/** How often the limit of a controller was hit: processes refused, or periods throttled. */
export function hits(folders: string[], controller: 'pids' | 'cpu'): number {
  return controller === 'pids'
    ? field(folders, 'pids.events', /^max (\d+)/m)
    : field(folders, 'cpu.stat', /^nr_throttled (\d+)/m)
}

/** How many processes, or bytes, a group may have; infinitely many without a limit. */
export function limit(folders: string[], controller: 'pids' | 'memory'): number {
  const file = controller === 'pids' || isV2 ? `${controller}.max` : 'memory.limit_in_bytes'
  const value = Number(content(folders, file) ?? Number.NaN)
  // v1 says "no limit" with a number that no machine has.
  return value < 2 ** 60 ? value : Number.POSITIVE_INFINITY
}

/** How many microseconds of CPU time a period allows; infinitely many without a limit. */
export function cpuLimit(folders: string[]): { quota: number; period: number } {
  const [, quota, period] = /^(\d+|max) (\d+)/.exec(content(folders, 'cpu.max') ?? '') ?? []
  const v1 = (file: string) => Number(content(folders, file))
  const all = isV2
    ? { quota: Number(quota), period: Number(period) }
    : { quota: v1('cpu.cfs_quota_us'), period: v1('cpu.cfs_period_us') }
  return all.quota > 0 ? all : { ...all, quota: Number.POSITIVE_INFINITY }
}

/** A process's CPU time so far, in microseconds, and the periods that its group has had. */
export function cpuTime(folders: string[], pid: number): { used: number; periods: number } {
  const [user, system] = stat(`/proc/${pid}`).slice(11).map(Number)
  const used = ((user ?? 0) + (system ?? 0)) * 10_000 // they are in hundredths of a second
  return { used, periods: field(folders, 'cpu.stat', /^nr_periods (\d+)/m) }
}

/** Lets a container win every competition for a CPU, so that only its limit keeps it from one. */
export function preferred(folders: string[]): void {
  for (const [file, most] of Object.entries({ 'cpu.weight': '10000', 'cpu.shares': '262144' }))
    for (const folder of folders)
      if (existsSync(path.join(folder, file))) writeFileSync(path.join(folder, file), most)
}

const content = (folders: string[], file: string) =>
  folders.map((folder) => tryRead(path.join(folder, file))).find((text) => text !== undefined)

const field = (folders: string[], file: string, pattern: RegExp) =>
  Number(pattern.exec(content(folders, file) ?? '')?.[1] ?? 0)
