// <sys/file.h>: locks.
import { descriptor, flags } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** A lock that is one's own, for flock(). */
export const { LOCK_EX } = constants
/** A lock shared with others who only read, for flock(). */
export const { LOCK_SH } = constants
/** Gives the lock back, for flock(). */
export const { LOCK_UN } = constants
/** Or-ed to a lock: EAGAIN instead of waiting. */
export const { LOCK_NB } = constants

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
