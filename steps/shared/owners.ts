// Owners of a root file system's files that a container doesn't have.
import { lstatSync, readdirSync } from 'node:fs'
import { isMapped, isRootless } from './ids'

// What programs change lies here. To look at all files would take as long as there are many.
const folders = ['', '/etc', '/home', '/opt', '/root', '/srv', '/var']

/**
 * Says on standard error if files belong to users or groups that a process's user namespace doesn't
 * have. The kernel shows them as nobody's, 65534, and lets nobody change them.
 */
export function tellStrangers(pid: number, rootfs: string): void {
  const isKnown = isMapped(pid)
  for (const path of paths(rootfs)) {
    const { uid, gid } = lstatSync(path)
    if (isKnown('uid', uid) && isKnown('gid', gid)) continue
    console.error(
      `${path} belongs to ${uid}:${gid}, and the container has no such user: ${advice()}`,
    )
    return
  }
}

function* paths(rootfs: string) {
  yield rootfs
  for (const folder of folders) {
    for (const name of entries(rootfs + folder)) yield `${rootfs}${folder}/${name}`
  }
}

function entries(folder: string): string[] {
  try {
    if (lstatSync(folder).isDirectory()) return readdirSync(folder)
  } catch {} // it isn't there, or closed
  return []
}

function advice(): string {
  const todo = isRootless()
    ? 'make a root file system of your own, and name it with ROOTFS=…'
    : 'give it to an ID below 65536 with chown'
  return `it's nobody's there, and can't be changed; ${todo}`
}
