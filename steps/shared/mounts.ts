// Acting among the mounts of another process.
import { closeSync, openSync } from 'node:fs'
import { CLONE_FS, CLONE_NEWNS, setns, unshare } from '#native/sched'
import { chroot } from '#native/unistd'

/** Runs an action in the mount namespace of a process; paths mean what they mean there. */
export function inMountsOf<T>(pid: number, action: () => T): T {
  const directory = process.cwd()
  const [theirs, ours, root] = [`/proc/${pid}/ns/mnt`, '/proc/self/ns/mnt', '/'].map((path) =>
    openSync(path, 'r'),
  )
  unshare(CLONE_FS) // Node's other threads stay where they are
  try {
    setns(theirs, CLONE_NEWNS)
    return action()
  } finally {
    setns(ours, CLONE_NEWNS)
    chroot(`/proc/self/fd/${root}`)
    process.chdir(directory)
    for (const fd of [theirs, ours, root]) closeSync(fd)
  }
}
