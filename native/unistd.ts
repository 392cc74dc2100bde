// <unistd.h> and its neighbours: host name, root directory, device files, locks.
import { closeSync, openSync } from 'node:fs'
import { descriptor, flags, integer, path, text } from './arguments'
import { binding, constants } from './binding'
import { check } from './errors'

/** A character device, for mknod(). */
export const { S_IFCHR } = constants
/** A block device, for mknod(). */
export const { S_IFBLK } = constants
/** A lock that is one's own, for flock(). */
export const { LOCK_EX } = constants
/** A lock shared with others who only read, for flock(). */
export const { LOCK_SH } = constants
/** Gives the lock back, for flock(). */
export const { LOCK_UN } = constants
/** Or-ed to a lock: EAGAIN instead of waiting. */
export const { LOCK_NB } = constants

const HOST_NAME_MAX = 64

/**
 * Sets the host name of the UTS namespace.
 *
 * @param name at most 64 bytes
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN)
 * @see https://man7.org/linux/man-pages/man2/sethostname.2.html
 */
export function sethostname(name: string): void {
  check(binding.sethostname(text(name, 'name', HOST_NAME_MAX)), 'sethostname', name)
}

/**
 * Makes a directory the place where absolute paths of this process start. It does not change the working directory
 * and is no prison: a process with CAP_SYS_CHROOT can leave it.
 *
 * @throws SystemError EPERM (needs CAP_SYS_CHROOT), ENOENT, ENOTDIR, EACCES
 * @see https://man7.org/linux/man-pages/man2/chroot.2.html
 */
export function chroot(root: string): void {
  check(binding.chroot(path(root, 'root')), 'chroot', root)
}

/**
 * Makes new_root the root mount of the mount namespace and moves the old one to put_old. With '.' for both, the old
 * root ends up on top of the new one, where umount2('.', MNT_DETACH) takes it off.
 *
 * @param new_root a mount point
 * @param put_old a directory at or below new_root
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EINVAL (no mount point, or shared), EBUSY, ENOTDIR
 * @see https://man7.org/linux/man-pages/man2/pivot_root.2.html
 */
export function pivot_root(new_root: string, put_old: string): void {
  check(
    binding.pivotRoot(path(new_root, 'new_root'), path(put_old, 'put_old')),
    'pivot_root',
    new_root,
    put_old,
  )
}

/**
 * Makes a device file, with exactly this mode whatever the umask is.
 *
 * @param mode S_IFCHR or S_IFBLK, or-ed with the permissions, such as 0o666
 * @param major which driver
 * @param minor which of its devices
 * @throws SystemError EPERM (needs CAP_MKNOD), EEXIST, ENOENT, ENOSPC
 * @see https://man7.org/linux/man-pages/man2/mknod.2.html
 */
export function mknod(file: string, mode: number, major = 0, minor = 0): void {
  const kind = integer(mode, 'mode', 0, 0o177777)
  const device = [integer(major, 'major', 0, 0xfff), integer(minor, 'minor', 0, 0xfffff)] as const
  check(binding.mknod(path(file, 'path'), kind, ...device), 'mknod', file)
}

/**
 * The path of the terminal that a descriptor is open on.
 *
 * @returns such as '/dev/pts/3'; undefined when it is no terminal, or one that has no name here
 * @see https://man7.org/linux/man-pages/man3/ttyname.3.html
 */
export function ttyname(fd: number): string | undefined {
  const name = binding.ttyname(descriptor(fd, 'fd'))
  return typeof name === 'string' ? name : undefined
}

/**
 * Locks an open file; the lock ends with the descriptor. Waits for it, and the whole thread with it.
 *
 * @param operation LOCK_EX, LOCK_SH or LOCK_UN, with LOCK_NB for no waiting
 * @throws SystemError EAGAIN (with LOCK_NB: held by another), EBADF, EINVAL
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 */
export function flock(fd: number, operation: number): void {
  const known = flags(operation, 'operation', LOCK_EX | LOCK_SH | LOCK_UN | LOCK_NB)
  check(binding.flock(descriptor(fd, 'fd'), known), 'flock')
}

/**
 * Does something while no other process that locks the same file does: waits for its turn.
 *
 * @param file any file that can be read; it is not changed
 * @throws what the action throws, and Node's errors of opening the file
 */
export function withLock<T>(file: string, action: () => T): T {
  const fd = openSync(path(file, 'file'), 'r')
  try {
    flock(fd, LOCK_EX)
    return action()
  } finally {
    closeSync(fd)
  }
}
