// <sched.h>: namespaces.
import { descriptor, flags } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** A new cgroup namespace: the cgroup one is in becomes the root of what one sees. cgroup_namespaces(7) */
export const { CLONE_NEWCGROUP } = constants
/** A new IPC namespace: own System V objects and POSIX message queues. ipc_namespaces(7) */
export const { CLONE_NEWIPC } = constants
/** A new network namespace: own interfaces, addresses, routes, firewall. network_namespaces(7) */
export const { CLONE_NEWNET } = constants
/** A new mount namespace: an own copy of the mount table. mount_namespaces(7) */
export const { CLONE_NEWNS } = constants
/** A new PID namespace: the child is its PID 1. pid_namespaces(7) */
export const { CLONE_NEWPID } = constants
/** A new time namespace, for unshare() and setns() only. time_namespaces(7) */
export const { CLONE_NEWTIME } = constants
/** A new user namespace: own user and group IDs, and all capabilities in there. user_namespaces(7) */
export const { CLONE_NEWUSER } = constants
/** A new UTS namespace: own host and domain name. uts_namespaces(7) */
export const { CLONE_NEWUTS } = constants
/** For unshare(): root and working directory of this thread alone. */
export const { CLONE_FS } = constants

const NAMESPACES =
  CLONE_NEWCGROUP |
  CLONE_NEWIPC |
  CLONE_NEWNET |
  CLONE_NEWNS |
  CLONE_NEWPID |
  CLONE_NEWUSER |
  CLONE_NEWUTS
/** What spawn() takes as cloneflags. */
export const CLONE_FLAGS = NAMESPACES

/**
 * Moves the calling thread into new namespaces. Node has other threads, which stay: use it just before execvp(),
 * or for what synchronous code alone looks at. New namespaces for a program are made by spawn().
 *
 * @param namespaces CLONE_NEW* and CLONE_FS, or-ed
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EINVAL (a process with threads: CLONE_NEWUSER), ENOSPC
 * @see https://man7.org/linux/man-pages/man2/unshare.2.html
 */
export function unshare(namespaces: number): void {
  check(
    binding.unshare(flags(namespaces, 'flags', NAMESPACES | CLONE_NEWTIME | CLONE_FS)),
    'unshare',
  )
}

/**
 * Moves the calling thread into the namespace behind a descriptor, such as that of /proc/PID/ns/net.
 *
 * @param fd the descriptor of the namespace
 * @param nstype the CLONE_NEW* flag it must be of, or 0 for any
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EBADF, EINVAL (another type, or a process with threads)
 * @see https://man7.org/linux/man-pages/man2/setns.2.html
 */
export function setns(fd: number, nstype = 0): void {
  check(
    binding.setns(descriptor(fd, 'fd'), flags(nstype, 'nstype', NAMESPACES | CLONE_NEWTIME)),
    'setns',
  )
}
