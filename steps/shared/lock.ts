// One at a time: a lock that ends with its holder.
import { closeSync, openSync } from 'node:fs'
import { flock, LOCK_EX } from '#native/file'

/**
 * Runs an action while holding an exclusive lock on a file. Waits for the lock, and blocks the thread meanwhile.
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
