// A lock, so that only one process at a time does something.
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs'
import { flock, LOCK_EX } from '#native/file'

/** The descriptors of the locks that are held now. */
export const locks: number[] = []

/**
 * Runs an action while holding an exclusive lock. Waits until it's free, and blocks the thread
 * meanwhile. The lock ends with the process and the tool that it runs, however they end. It's a
 * file in /run, which only root can open, and it counts for this network namespace.
 *
 * @param name what is locked
 * @returns what the action returns
 * @throws what the action throws, and Node's errors of opening the file
 */
export function withLock<T>(name: string, action: () => T): T {
  const file = `/run/${name}-${statSync('/proc/self/ns/net').ino}.lock`
  const fd = lock(file)
  locks.push(fd)
  try {
    return action()
  } finally {
    locks.splice(locks.indexOf(fd), 1)
    release(file, fd)
  }
}

// Without the close, this process would wait for itself at its next lock.
function release(file: string, fd: number): void {
  try {
    rmSync(file)
  } finally {
    closeSync(fd)
  }
}

function lock(file: string): number {
  const fd = openSync(file, 'a', 0o600)
  if (isHeld(file, fd)) return fd
  closeSync(fd) // its last holder has removed it
  return lock(file)
}

function isHeld(file: string, fd: number): boolean {
  try {
    flock(fd, LOCK_EX)
    return statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino
  } catch (error) {
    closeSync(fd)
    throw error
  }
}
