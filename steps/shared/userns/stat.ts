// <sys/stat.h>, as far as a user namespace allows.
import { openSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { MS_BIND, mount } from '#native/mount'

export { S_IFCHR } from '#native/stat'

// Opened before the old root goes.
const devices = openSync('/dev', 'r')

/**
 * Shows a device of the host at a path: a user namespace may make none, mknod(2) fails with EPERM.
 *
 * @param file where to show it; the host's has the same name
 * @throws SystemError of mount(2)
 */
export function mknod(file: string, _mode: number, _major: number, _minor: number): void {
  writeFileSync(file, '')
  mount(`/proc/self/fd/${devices}/${basename(file)}`, file, null, MS_BIND)
}
