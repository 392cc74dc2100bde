// <sys/mount.h>: mounting and unmounting file systems.
import { flags as bits, descriptor, optional, path } from './internal/arguments'
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

/** As a dirfd: paths count from the working directory. */
export const { AT_FDCWD } = constants
/** An empty path means the file that the dirfd is open on. */
export const { AT_EMPTY_PATH } = constants
/** Includes all mounts below. */
export const { AT_RECURSIVE } = constants
/** Doesn't follow a symbolic link at the end of the path. */
export const { AT_SYMLINK_NOFOLLOW } = constants
/** Makes a copy of the mount, which is nowhere yet. Without it, open_tree() only opens the path. */
export const { OPEN_TREE_CLONE } = constants
/** The mount at from_dirfd is meant, and `from` is empty. */
export const { MOVE_MOUNT_F_EMPTY_PATH } = constants
/** Shows the owners of files as a user namespace maps them. */
export const { MOUNT_ATTR_IDMAP } = constants
/** Device files don't work in the mount. */
export const { MOUNT_ATTR_NODEV } = constants
/** Programs in the mount can't be executed. */
export const { MOUNT_ATTR_NOEXEC } = constants
/** Set-user-ID and set-group-ID bits in the mount have no effect. */
export const { MOUNT_ATTR_NOSUID } = constants
/** Nothing in the mount can be changed. */
export const { MOUNT_ATTR_RDONLY } = constants

const MOUNT_ATTRS =
  MOUNT_ATTR_IDMAP | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY

// A descriptor, or AT_FDCWD.
const directory = (fd: number, name: string) => (fd === AT_FDCWD ? fd : descriptor(fd, name))

/**
 * Opens a mount, or a copy of it that is nowhere yet: mount_setattr() changes it, and move_mount()
 * puts it somewhere, also in another mount namespace. A copy that is put nowhere is gone when it's
 * closed. The descriptor isn't passed on to programs.
 *
 * @param dirfd where a relative path counts from: an open directory, or AT_FDCWD
 * @param pathname a directory or file
 * @param flags OPEN_TREE_CLONE, AT_EMPTY_PATH, AT_RECURSIVE, AT_SYMLINK_NOFOLLOW, combined with `|`
 * @returns a descriptor
 * @throws SystemError EPERM (a copy needs CAP_SYS_ADMIN), ENOENT, ENOTDIR, EACCES, EINVAL (a copy
 *   of a mount of another namespace), ENOSYS (before Linux 5.2)
 * @see https://man7.org/linux/man-pages/man2/open_tree.2.html
 */
export function open_tree(dirfd: number, pathname: string, flags = 0): number {
  const allowed = OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW
  const known = bits(flags, 'flags', allowed)
  const fd = directory(dirfd, 'dirfd')
  return check(binding.openTree(fd, path(pathname, 'pathname'), known), 'open_tree', pathname)
}

/**
 * Moves a mount, or puts one somewhere that is nowhere yet.
 *
 * @param from_dirfd where a relative `from_pathname` counts from, or the mount
 * @param from_pathname the mount; empty with MOVE_MOUNT_F_EMPTY_PATH
 * @param to_dirfd where a relative `to_pathname` counts from: an open directory, or AT_FDCWD
 * @param to_pathname the directory or file to mount on
 * @param flags MOVE_MOUNT_F_EMPTY_PATH, or 0
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), ENOENT, ENOTDIR, EINVAL (not a mount, or the
 *   parent mount is shared), ELOOP (it lies below itself), ENOSYS (before Linux 5.2)
 * @see https://man7.org/linux/man-pages/man2/move_mount.2.html
 */
export function move_mount(
  from_dirfd: number,
  from_pathname: string,
  to_dirfd: number,
  to_pathname: string,
  flags = 0,
): void {
  const from = [directory(from_dirfd, 'from_dirfd'), path(from_pathname, 'from_pathname')] as const
  const to = [directory(to_dirfd, 'to_dirfd'), path(to_pathname, 'to_pathname')] as const
  const known = bits(flags, 'flags', MOVE_MOUNT_F_EMPTY_PATH)
  check(binding.moveMount(...from, ...to, known), 'move_mount', from_pathname, to_pathname)
}

/** Attributes of a mount, each an MS_* or MOUNT_ATTR_*, combined with `|`. */
export interface MountAttributes {
  /** MOUNT_ATTR_* to set. */
  attr_set?: number
  /** MOUNT_ATTR_* to take away. */
  attr_clr?: number
  /** MS_SHARED, MS_SLAVE or MS_PRIVATE; 0 leaves it. */
  propagation?: number
  /** With MOUNT_ATTR_IDMAP: an open /proc/PID/ns/user. */
  userns_fd?: number
}

/**
 * Changes attributes of a mount, and with AT_RECURSIVE of all below it: of all, or of none.
 *
 * @param dirfd where a relative path counts from, or the mount
 * @param pathname the mount; with AT_EMPTY_PATH it may be empty
 * @param flags AT_EMPTY_PATH, AT_RECURSIVE, AT_SYMLINK_NOFOLLOW, combined with `|`
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN, or the mount has such a map already), EBUSY (a
 *   file is open for writing), EINVAL (not a mount; MOUNT_ATTR_IDMAP: the file system can't, or
 *   the mount is somewhere already), ENOSYS (before Linux 5.12)
 * @see https://man7.org/linux/man-pages/man2/mount_setattr.2.html
 */
export function mount_setattr(
  dirfd: number,
  pathname: string,
  flags: number,
  { attr_set = 0, attr_clr = 0, propagation = 0, userns_fd = 0 }: MountAttributes,
): void {
  const fd = directory(dirfd, 'dirfd')
  const known = bits(flags, 'flags', AT_EMPTY_PATH | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW)
  const result = binding.mountSetattr(
    fd,
    path(pathname, 'pathname'),
    known,
    bits(attr_set, 'attr_set', MOUNT_ATTRS),
    bits(attr_clr, 'attr_clr', MOUNT_ATTRS),
    bits(propagation, 'propagation', MS_SHARED | MS_SLAVE | MS_PRIVATE),
    descriptor(userns_fd, 'userns_fd'),
  )
  check(result, 'mount_setattr', pathname)
}
