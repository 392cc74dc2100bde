// A lock, so that only one process at a time does something.
import { closeSync, openSync } from 'node:fs'
import { flock, LOCK_EX } from '#native/file'

/**
 * Runs an action while holding an exclusive lock on a file. Waits until the lock is free, and
 * blocks the thread meanwhile. The lock ends with the process, however that ends.
 *
 * @param file any readable file; it isn't changed
 * @returns what the action returns
 * @throws what the action throws, and Node's errors of opening the file
 */
export function withLock<T>(file: string, action: () => T): T {
  const fd = openSync(file, 'r')
  try {
    flock(fd, LOCK_EX)
    return action()
  } finally {
    closeSync(fd)
  }
}
