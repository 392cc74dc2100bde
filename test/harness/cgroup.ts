// The cgroups of a process as folders, in whichever hierarchy they are.
import { existsSync } from 'node:fs'
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

/** The cgroup folders in which a command is, and neither its run process nor who asks. */
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
