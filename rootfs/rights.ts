// What files of a root file system would let other users of the host do.
import fs from 'node:fs'
import path from 'node:path'
import { isRoot } from './files'

/**
 * Whether no other user can get to `directory`: one above it is closed to them, and belongs to
 * this user, root or the one who called sudo.
 */
export function isClosed(directory: string): boolean {
  const { mode, uid } = fs.statSync(directory)
  const owners = [0, process.geteuid?.(), Number(process.env.SUDO_UID)]
  if ((mode & 0o011) === 0 && owners.includes(uid)) return true
  const above = path.dirname(fs.realpathSync(directory))
  return above !== directory && isClosed(above)
}

/**
 * Takes away what would lend an owner's rights to every user of the host: devices, and unless the
 * place is closed to others, set-user-ID and set-group-ID bits. Returns the notes about it.
 */
export function takeRights(root: string, directory: string): string[] {
  // An ordinary user has to be able to remove it again.
  if (!isRoot()) fs.chmodSync(root, fs.statSync(root).mode | 0o700)
  const taken = { setId: 0, keepsSetId: isClosed(directory) }
  take(Buffer.from(root), taken)
  if (!taken.setId) return []
  return [
    `Took away set-user-ID and set-group-ID bits (${taken.setId}), as every user of this machine ` +
      "could have run these programs with their owner's rights. So su and sudo in the container " +
      'work for its root alone. To keep the bits, make it in a directory that only you can ' +
      'enter: ROOTFS_DIR=DIR, after chmod 700 DIR.',
  ]
}

// Names are bytes: not all of them are UTF-8.
function take(directory: Buffer, taken: { setId: number; keepsSetId: boolean }): void {
  if (!isRoot()) fs.chmodSync(directory, (fs.statSync(directory).mode & 0o7777) | 0o700)
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const file = Buffer.concat([directory, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) take(file, taken)
    else if (entry.isFile()) taken.setId += taken.keepsSetId ? 0 : takeSetId(file)
    else if (!entry.isSymbolicLink()) fs.unlinkSync(file)
  }
}

function takeSetId(file: Buffer): number {
  const { mode } = fs.lstatSync(file)
  if (!(mode & 0o6000)) return 0
  fs.chmodSync(file, mode & 0o1777)
  return 1
}
