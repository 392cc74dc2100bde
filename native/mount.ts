// <sys/mount.h>: mounts.
import { flags as bits, optional, path } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** Makes a file or directory visible at another place too. */
export const { MS_BIND } = constants
/** Moves a mount. */
export const { MS_MOVE } = constants
/** Device files in there do not work. */
export const { MS_NODEV } = constants
/** Programs in there can not be executed. */
export const { MS_NOEXEC } = constants
/** Set-user-ID bits in there have no effect. */
export const { MS_NOSUID } = constants
/** Mounts and unmounts here stay here, and those elsewhere do not come in. */
export const { MS_PRIVATE } = constants
/** Nothing in there can be changed. */
export const { MS_RDONLY } = constants
/** The mounts below it as well. */
export const { MS_REC } = constants
/** Changes the flags of a mount that is there. */
export const { MS_REMOUNT } = constants
/** Mounts and unmounts here and in the mount's peers go both ways. */
export const { MS_SHARED } = constants
/** Mounts and unmounts come in from the peers, but do not go out. */
export const { MS_SLAVE } = constants
/** Takes the mount out of sight at once, and unmounts it when nobody uses it any more. */
export const { MNT_DETACH } = constants
/** Does not follow a symbolic link at the end of the target. */
export const { UMOUNT_NOFOLLOW } = constants

/**
 * Mounts a file system, makes a bind mount, or changes what is mounted, in the mount namespace of the thread. A target
 * that is a symbolic link is refused: a root file system from elsewhere could lead a mount astray with it.
 *
 * @param source a device, a directory to bind, or a name that /proc/self/mountinfo will show
 * @param target the directory (or file) to mount on
 * @param fstype such as 'proc' or 'tmpfs'; null where the flags need none
 * @param flags MS_*, or-ed
 * @param data options of the file system, such as 'size=1M,mode=755'
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), ENOENT, ENOTDIR, EINVAL, ENODEV (no such file system), EBUSY,
 *   ELOOP (the target is a symbolic link)
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
 * Takes the topmost mount away from a directory or file.
 *
 * @param target where it is mounted
 * @param flags MNT_DETACH, UMOUNT_NOFOLLOW, or-ed
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EBUSY (in use), EINVAL (not a mount point), ENOENT
 * @see https://man7.org/linux/man-pages/man2/umount.2.html
 */
export function umount2(target: string, flags = 0): void {
  const known = bits(
    flags,
    'flags',
    MNT_DETACH | UMOUNT_NOFOLLOW | constants.MNT_FORCE | constants.MNT_EXPIRE,
  )
  check(binding.umount2(path(target, 'target'), known), 'umount2', target)
}
