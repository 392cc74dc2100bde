// The cgroup that the host leaves to an ordinary user.
import * as fs from 'node:fs'

/**
 * The highest group of cgroup v2 above this process in which this user may make others. systemd
 * delegates the one of a user's own manager, user@UID.service.
 *
 * @returns its path; undefined if there is none
 * @see https://systemd.io/CGROUP_DELEGATION
 */
export function delegatedGroup(top: string): string | undefined {
  if (!fs.existsSync(`${top}/cgroup.controllers`)) return undefined
  const own = /^0::\/(.*)$/m.exec(fs.readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? ''
  const names = own.split('/').filter(Boolean)
  const groups = names.map((_, index) => [top, ...names.slice(0, index + 1)].join('/'))
  return groups.find((group) =>
    ['', '/cgroup.procs', '/cgroup.subtree_control'].every((file) => isWritable(group + file)),
  )
}

function isWritable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}
