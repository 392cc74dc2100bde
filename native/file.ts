// <sys/file.h>: locks on open files.
import { descriptor, flags } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** An exclusive lock: only one holder. */
export const { LOCK_EX } = constants
/** A shared lock: many holders, but no exclusive one. */
export const { LOCK_SH } = constants
/** Releases the lock. */
export const { LOCK_UN } = constants
/** With LOCK_EX or LOCK_SH: fails with EAGAIN instead of waiting. */
export const { LOCK_NB } = constants

/**
 * Locks an open file. Waits until the lock is free, and blocks the thread meanwhile. The lock ends
 * when the descriptor is closed. Other processes notice it only if they call flock() too.
 *
 * @param fd an open file
 * @param operation LOCK_EX, LOCK_SH or LOCK_UN; add LOCK_NB with `|` to not wait
 * @throws SystemError EAGAIN (with LOCK_NB: somebody else holds it), EBADF, EINVAL
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 */
export function flock(fd: number, operation: number): void {
  const known = flags(operation, 'operation', LOCK_EX | LOCK_SH | LOCK_UN | LOCK_NB)
  check(binding.flock(descriptor(fd, 'fd'), known), 'flock')
}
