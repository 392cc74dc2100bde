// The cgroups of a process as folders, in whichever hierarchy they are.
import { existsSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { mountinfo, tryRead } from './proc'

export const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers')

/** cgroup v2 has one tree, v1 one for each controller. */
export const trees = isV2
  ? ['/sys/fs/cgroup']
  : ['memory', 'pids', 'cpu'].map((controller) => `/sys/fs/cgroup/${controller}`)

/** Lines of /proc/PID/cgroup: controllers ('' for the unified hierarchy) and path. */
function memberships(pid: number): Map<string, string> {
  const lines = (tryRead(`/proc/${pid}/cgroup`) ?? '').split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [, controllers, ...rest] = line.split(':')
      return [controllers, rest.join(':')] as [string, string]
    }),
  )
}

/** Where the hierarchy of these controllers is mounted. */
function mountOf(controllers: string): string | undefined {
  for (const line of mountinfo('self').split('\n')) {
    const [left, right] = line.split(' - ')
    const [type, , options] = (right ?? '').split(' ')
    const found =
      controllers === ''
        ? type === 'cgroup2'
        : type === 'cgroup' &&
          controllers.split(',').every((name) => options?.split(',').includes(name))
    if (found) return left?.split(' ')[4]
  }
  return undefined
}

/** The cgroups of a command, as folders, that neither its run process nor the test is in. */
export function cgroupsOf(command: number, run: number): string[] {
  const outside = [memberships(run), memberships(process.pid)]
  const folders: string[] = []
  for (const [controllers, group] of memberships(command)) {
    const mount = mountOf(controllers)
    if (outside.every((others) => others.get(controllers) !== group) && mount !== undefined)
      folders.push(path.join(mount, group))
  }
  return folders.filter((folder) => existsSync(folder))
}

/** How often the limit of a controller was hit: processes refused, or periods throttled. */
export function hits(folders: string[], controller: 'pids' | 'cpu'): number {
  return controller === 'pids'
    ? field(folders, 'pids.events', /^max (\d+)/m)
    : field(folders, 'cpu.stat', /^nr_throttled (\d+)/m)
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
  // Fields 14 and 15, in hundredths of a second; the name before them may contain spaces.
  const stat = (tryRead(`/proc/${pid}/stat`) ?? '').replace(/^.*\) /, '').split(' ')
  const used = (Number(stat[11]) + Number(stat[12])) * 10_000
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
