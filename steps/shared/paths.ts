// Files of the kernel that a container must not change, or not even see.
import { statSync } from 'node:fs'
import {
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REMOUNT,
  mount,
} from '#native/mount'

const stat = (path: string) => statSync(path, { throwIfNoEntry: false })
const harmless = MS_NOSUID | MS_NODEV | MS_NOEXEC

/**
 * Makes files and directories read-only, if this kernel has them.
 *
 * @throws SystemError of mount(2)
 */
export function protect(paths: string[]): void {
  for (const path of paths.filter(stat)) {
    mount(path, path, null, MS_BIND)
    mount(null, path, null, MS_REMOUNT | MS_BIND | MS_RDONLY | harmless)
  }
}

/**
 * Covers files with /dev/null and directories with empty ones, if this kernel has them.
 *
 * @throws SystemError of mount(2)
 */
export function hide(paths: string[]): void {
  for (const path of paths.filter(stat))
    if (stat(path)?.isDirectory()) mount('hidden', path, 'tmpfs', MS_RDONLY | harmless)
    else mount('/dev/null', path, null, MS_BIND)
}
