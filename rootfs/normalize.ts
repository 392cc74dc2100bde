import fs from 'node:fs'
import path from 'node:path'
import { Problem } from '../tools/setup/terminal.mjs'
import { stat } from './files'

// The steps mount on these; a mount through a link would land somewhere else.
const DIRECTORIES: Record<string, number> = {
  etc: 0o755,
  proc: 0o555,
  sys: 0o555,
  dev: 0o755,
  run: 0o755,
  root: 0o755,
  tmp: 0o1777,
  mytemp: 0o755,
}

/**
 * Gives any root file system what every step relies on: a root that all its users may enter, real
 * directories to mount on, not links, and a regular file `/etc/resolv.conf`. Throws a Problem if
 * something else is in the way.
 */
export function normalize(root: string): void {
  openRoot(root)
  for (const [name, mode] of Object.entries(DIRECTORIES)) ensureDirectory(root, name, mode)
  ensureResolvConf(root)
  refuseShellHistory(root)
}

// A directory of mktemp -d, archived as `.`, lets nobody in but its owner.
function openRoot(root: string): void {
  fs.chmodSync(root, fs.statSync(root).mode | 0o555)
}

function ensureDirectory(root: string, name: string, mode: number): void {
  const file = path.join(root, name)
  const found = stat(file)
  if (found?.isDirectory()) return
  // A linked /etc may lead to the host's.
  if (found && (name === 'etc' || !found.isSymbolicLink())) {
    throw new Problem(
      `/${name} is not a directory in this root file system, so no container can start in it.`,
    )
  }
  if (found) fs.unlinkSync(file)
  makeDirectory(file, mode)
}

function ensureResolvConf(root: string): void {
  const file = path.join(root, 'etc/resolv.conf')
  const found = stat(file)
  if (found?.isFile()) return
  fs.rmSync(file, { recursive: true, force: true })
  fs.writeFileSync(file, '')
}

// Busybox's shell appends to ~/.ash_history, but not to a directory. (A link to /dev/null would
// become a plain file /dev/null as long as /dev is empty.)
function refuseShellHistory(root: string): void {
  if (!stat(path.join(root, 'bin/busybox'))) return
  const file = path.join(root, 'root/.ash_history')
  if (!stat(file)) makeDirectory(file, 0o555)
}

// The umask would take bits off a mode that mkdir gets.
function makeDirectory(file: string, mode: number): void {
  fs.mkdirSync(file)
  fs.chmodSync(file, mode)
}
