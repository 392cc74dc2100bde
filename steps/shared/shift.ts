// A copy of a directory, with other owners.
import { chmodSync, chownSync, copyFileSync, lchownSync, lstatSync, mkdirSync } from 'node:fs'
import { readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs'

/**
 * Copies a directory into an existing one. Owner and group get `uid` and `gid` added; modes stay.
 * Leaves out devices, pipes and sockets.
 *
 * @throws Node's errors of reading and writing
 */
export function copyShifted(from: string, to: string, uid: number, gid: number): void {
  const { mode, ...directory } = statSync(from)
  for (const name of readdirSync(from)) copyEntry(`${from}/${name}`, `${to}/${name}`, uid, gid)
  chownSync(to, uid + directory.uid, gid + directory.gid)
  chmodSync(to, mode & 0o7777)
}

function copyEntry(from: string, to: string, uid: number, gid: number): void {
  const file = lstatSync(from)
  if (file.isDirectory()) {
    mkdirSync(to)
    copyShifted(from, to, uid, gid)
  } else if (file.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to)
    lchownSync(to, uid + file.uid, gid + file.gid)
  } else if (file.isFile()) {
    copyFileSync(from, to)
    chownSync(to, uid + file.uid, gid + file.gid)
    chmodSync(to, file.mode & 0o7777) // after chown, which takes the set-user-ID bit away
  }
}
