// <sys/stat.h>: device files.
import { integer, path } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** A character device, such as /dev/null. */
export const { S_IFCHR } = constants
/** A block device, such as a disk. */
export const { S_IFBLK } = constants

/**
 * Makes a device file. It gets exactly this mode, whatever the umask is.
 *
 * @param file where to make it
 * @param mode S_IFCHR or S_IFBLK, combined with permissions such as 0o666 with `|`
 * @param major the number of the driver
 * @param minor the number of the device within the driver
 * @throws SystemError EPERM (needs CAP_MKNOD), EEXIST, ENOENT, ENOTDIR, ENOSPC
 * @see https://man7.org/linux/man-pages/man2/mknod.2.html
 */
export function mknod(file: string, mode: number, major = 0, minor = 0): void {
  const kind = integer(mode, 'mode', 0, 0o177777)
  const device = [integer(major, 'major', 0, 0xfff), integer(minor, 'minor', 0, 0xfffff)] as const
  check(binding.mknod(path(file, 'path'), kind, ...device), 'mknod', file)
}
