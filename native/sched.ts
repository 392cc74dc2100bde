// <sched.h>: namespaces.
import { descriptor, flags } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** A new cgroup namespace: the current cgroup becomes the visible root. cgroup_namespaces(7) */
export const { CLONE_NEWCGROUP } = constants
/** A new IPC namespace: System V objects and POSIX message queues. ipc_namespaces(7) */
export const { CLONE_NEWIPC } = constants
/** A new network namespace: interfaces, addresses, routes, firewall. network_namespaces(7) */
export const { CLONE_NEWNET } = constants
/** A new mount namespace: a copy of the mount table. mount_namespaces(7) */
export const { CLONE_NEWNS } = constants
/** A new PID namespace: the child is its PID 1. pid_namespaces(7) */
export const { CLONE_NEWPID } = constants
/** A new time namespace; only for unshare() and setns(). time_namespaces(7) */
export const { CLONE_NEWTIME } = constants
/** A new user namespace: user and group IDs, and all capabilities inside. user_namespaces(7) */
export const { CLONE_NEWUSER } = constants
/** A new UTS namespace: host name and domain name. uts_namespaces(7) */
export const { CLONE_NEWUTS } = constants
/** For unshare(): this thread no longer shares root and working directory with the others. */
export const { CLONE_FS } = constants

/** All the flags that spawn() takes as `cloneflags`. */
export const CLONE_FLAGS =
  CLONE_NEWCGROUP |
  CLONE_NEWIPC |
  CLONE_NEWNET |
  CLONE_NEWNS |
  CLONE_NEWPID |
  CLONE_NEWUSER |
  CLONE_NEWUTS

/**
 * Moves the calling thread into new namespaces. Node's other threads stay behind: call it just
 * before execvp(), or use only synchronous functions after it. To start a program in new
 * namespaces, use spawn().
 *
 * @param namespaces CLONE_NEW* and CLONE_FS, combined with `|`
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), ENOSPC (a limit on namespaces),
 *   EINVAL (a process with threads can't have it, such as CLONE_NEWUSER)
 * @see https://man7.org/linux/man-pages/man2/unshare.2.html
 */
export function unshare(namespaces: number): void {
  const known = flags(namespaces, 'flags', CLONE_FLAGS | CLONE_NEWTIME | CLONE_FS)
  check(binding.unshare(known), 'unshare')
}

/**
 * Moves the calling thread into an existing namespace. Node's other threads stay behind.
 *
 * @param fd an open file such as /proc/PID/ns/net
 * @param nstype the CLONE_NEW* flag that the namespace must match, or 0 for any
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EBADF,
 *   EINVAL (another type, or one that a process with threads can't enter)
 * @see https://man7.org/linux/man-pages/man2/setns.2.html
 */
export function setns(fd: number, nstype = 0): void {
  const known = flags(nstype, 'nstype', CLONE_FLAGS | CLONE_NEWTIME)
  check(binding.setns(descriptor(fd, 'fd'), known), 'setns')
}
