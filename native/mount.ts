// <sys/mount.h>: mounting and unmounting file systems.
import { flags as bits, optional, path } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** Shows a file or directory at a second place. */
export const { MS_BIND } = constants
/** Moves a mount to another place. */
export const { MS_MOVE } = constants
/** Device files don't work in the mount. */
export const { MS_NODEV } = constants
/** Programs in the mount can't be executed. */
export const { MS_NOEXEC } = constants
/** Set-user-ID and set-group-ID bits in the mount have no effect. */
export const { MS_NOSUID } = constants
/** Mounts made here stay here, and mounts made elsewhere don't appear here. */
export const { MS_PRIVATE } = constants
/** Nothing in the mount can be changed. */
export const { MS_RDONLY } = constants
/** Includes all mounts below. */
export const { MS_REC } = constants
/** Changes the flags of an existing mount. */
export const { MS_REMOUNT } = constants
/** Mounts made here appear in all peers of this mount, and theirs appear here. */
export const { MS_SHARED } = constants
/** Mounts made in the peers appear here, but mounts made here don't appear there. */
export const { MS_SLAVE } = constants
/** Hides the mount at once, and unmounts it when nothing uses it any more. */
export const { MNT_DETACH } = constants
/** Refuses a target that is a symbolic link. */
export const { UMOUNT_NOFOLLOW } = constants

/**
 * Mounts a file system, makes a bind mount, or changes an existing mount, in the thread's mount
 * namespace. Refuses a target that is a symbolic link: in a root file system from a stranger, a
 * link could lead the mount out to the host.
 *
 * @param source a device, a directory to bind, or a name to show in /proc/self/mountinfo; null if
 *   the flags need none
 * @param target the directory or file to mount on
 * @param fstype a type such as 'proc' or 'tmpfs'; null if the flags need none
 * @param flags MS_*, combined with `|`
 * @param data options of the file system, such as 'size=1M,mode=755'
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), ENOENT, ENOTDIR, EINVAL, EBUSY,
 *   ENODEV (no such file system), ELOOP (the target is a symbolic link)
 * @see https://man7.org/linux/man-pages/man2/mount.2.html
 */
export function mount(
  source: string | null,
  target: string,
  fstype: string | null,
  flags = 0,
  data: string | null = null,
): void {
  const from = optional(source, 'source')
  const to = path(target, 'target')
  const known = bits(flags, 'flags', 0xffffffff)
  check(
    binding.mount(from, to, optional(fstype, 'fstype'), known, optional(data, 'data')),
    'mount',
    from ?? fstype,
    to,
  )
}

/**
 * Removes the topmost mount from a directory or file.
 *
 * @param target where it is mounted
 * @param flags MNT_DETACH, UMOUNT_NOFOLLOW, combined with `|`
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EBUSY (in use), EINVAL (not a mount point),
 *   ENOENT
 * @see https://man7.org/linux/man-pages/man2/umount.2.html
 */
export function umount2(target: string, flags = 0): void {
  const known = bits(flags, 'flags', MNT_DETACH | UMOUNT_NOFOLLOW)
  check(binding.umount2(path(target, 'target'), known), 'umount2', target)
}
