// Unpacks archives with GNU tar, which never writes outside the directory it unpacks into.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { execa } from 'execa'
import { Problem } from '../tools/setup/terminal.mjs'
import { explain } from './files'
import type { Work } from './ensure'

const RIGHT_WAY = 'Make one with: docker export -o FILE.tar CONTAINER'

// Escaped names, so that none can steer the terminal or look like a line of tar's. Modes of
// directories come last, or an ordinary user couldn't fill a read-only one.
const EXTRACT = [
  ...['--extract', '--force-local', '--block-number', '--quoting-style=escape'],
  ...['--same-permissions', '--delay-directory-restore', '--warning=no-timestamp'],
]
const AS_ROOT = ['--same-owner', '--numeric-owner']
const AS_USER = ['--no-same-owner']

const isRoot = () => process.geteuid?.() === 0

const NO_DEVICE = /: Cannot mknod: Operation not permitted$/
const HARMLESS = [
  NO_DEVICE,
  /^tar: Removing leading .\/+. from (member names|hard link targets)$/,
  // Attributes and times; these two would say where a file has holes.
  /^tar: Ignoring unknown extended header keyword '(?!SCHILY\.realsize|SUN\.holesdata)[^']*'$/,
]
const LAST_WORDS = /^tar: (Exiting with failure status|Error is not recoverable|Child returned)/

/**
 * Unpacks a tar archive, plain or compressed, into the empty directory `root`. Links stay as they
 * are. Device files and FIFOs are left out, and so are set-user-ID bits: on the host they would
 * lend their owner's rights to every user. `work.notes` says so.
 *
 * Throws a Problem that quotes tar when an entry would land outside of `root` or the archive is
 * damaged, cut short or none at all. The caller removes what was written until then.
 */
export async function unpack(archive: string, root: string, work: Work): Promise<void> {
  requireGnuTar()
  refuseUnreadable(archive)
  const owner = isRoot() ? AS_ROOT : AS_USER
  const args = [...EXTRACT, ...owner, '--directory', root, '--file', archive]
  const tar = await execa('tar', args, {
    env: { LC_ALL: 'C', TAR_OPTIONS: undefined },
    stdin: 'ignore',
    reject: false,
    cancelSignal: work.signal,
    killSignal: 'SIGKILL',
  })
  work.signal?.throwIfAborted()
  const lines = tar.stderr.split('\n').filter((line) => line.trim() !== '')
  const devices = lines.filter((line) => NO_DEVICE.test(line)).length
  const reasons = lines.filter((line) => !HARMLESS.some((known) => known.test(line)))
  const reason = reasons.find((line) => !LAST_WORDS.test(line)) ?? reasons[0]
  if (tar.exitCode !== 0 && !(devices && reasons.every((line) => LAST_WORDS.test(line))))
    throw refusal(archive, reason ?? tar.shortMessage)
  if (tar.exitCode === 0 && reason) throw refusal(archive, reason)
  if (/End of File/.test(tar.stdout)) throw refusal(archive, 'unexpected end of the archive')
  tidy(root, devices, work)
}

function requireGnuTar(): void {
  const { stdout } = spawnSync('tar', ['--version'], { encoding: 'utf8' })
  if (stdout?.includes('GNU tar')) return
  throw new Problem(
    `${stdout ? "The tar of this system isn't GNU tar" : 'There is no tar here'}, which unpacks root ` +
      'file systems. Install the package tar: apk add tar (Alpine), apt-get install tar (Debian).',
  )
}

// Other kinds of files, by how they begin.
const KINDS: [begin: string, advice: string][] = [
  ['\xff\xfe', `is text in UTF-16, as PowerShell's > makes of any file. ${RIGHT_WAY}`],
  ['PK\x03\x04', 'is a zip archive. Unpack it, and make a tar archive of what is in it'],
  ['7z\xbc\xaf', 'is a 7z archive. Unpack it, and make a tar archive of what is in it'],
  ['hsqs', 'is a SquashFS image. Unpack it with unsquashfs, and make a tar archive of it'],
]

function refuseUnreadable(archive: string): void {
  try {
    const begin = Buffer.alloc(8)
    // Reading a FIFO would take its beginning away from tar.
    if (fs.statSync(archive).isFIFO()) return
    const descriptor = fs.openSync(archive, 'r')
    try {
      fs.readSync(descriptor, begin)
    } finally {
      fs.closeSync(descriptor)
    }
    const kind = KINDS.find(([known]) => begin.toString('latin1').startsWith(known))
    if (kind) throw new Problem(`${archive} ${kind[1]}.`)
  } catch (error) {
    throw explain(`Cannot read the archive ${archive}`, error)
  }
}

const COMPRESSORS: Record<string, string> = { xz: 'xz-utils or xz', lzma: 'xz-utils or xz' }

function refusal(archive: string, line: string): Problem {
  const reason = printable(line.replace(/^tar( \(child\))?: /, ''))
  const [, program] = /^(\w+): Cannot exec/.exec(reason) ?? []
  if (program)
    return new Problem(
      `${archive} needs ${program} to be unpacked. Install the package ${COMPRESSORS[program] ?? program}.`,
    )
  if (/No space left|Wrote only|quota/.test(reason))
    return new Problem(
      `Cannot unpack ${archive}: no space left on device (tar: ${reason}). Free some space, ` +
        'or choose another place with ROOTFS_DIR=/some/directory.',
    )
  if (/unexpected e(of|nd)|ends unexpectedly|premature|lone zero block/i.test(reason))
    return new Problem(`${archive} is cut short: ${reason}. Make or copy it again.`)
  if (/not look like a tar|Skipping to next header|not in .* format/i.test(reason))
    return new Problem(`${archive} is not a tar archive, or damaged: ${reason}. ${RIGHT_WAY}`)
  return new Problem(`${archive} is refused, nothing is unpacked. tar says: ${reason}`)
}

// A few of tar's messages quote a name as it is.
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\ufffd]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

interface Counts {
  skipped: number
  setId: number
}

function tidy(root: string, skippedByTar: number, { notes }: Work): void {
  const counts = { skipped: skippedByTar, setId: 0 }
  tidyDirectory(Buffer.from(root), counts)
  if (!isRoot())
    notes.push('All of its files belong to you: only root can give them to other users.')
  if (counts.skipped)
    notes.push(`Left out ${counts.skipped} device files and FIFOs: a container gets its own /dev.`)
  if (counts.setId)
    notes.push(
      `Took the set-user-ID and set-group-ID bits off ${counts.setId} programs, which every user ` +
        "of this machine could have run with their owner's rights.",
    )
}

// Names are bytes: not all of them are UTF-8.
function tidyDirectory(directory: Buffer, counts: Counts): void {
  // An ordinary user has to be able to remove it again.
  if (!isRoot()) fs.chmodSync(directory, (fs.statSync(directory).mode & 0o1777) | 0o700)
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const file = Buffer.concat([directory, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) tidyDirectory(file, counts)
    else if (entry.isFile()) takeSetId(file, counts)
    else if (!entry.isSymbolicLink()) {
      fs.unlinkSync(file)
      counts.skipped++
    }
  }
}

function takeSetId(file: Buffer, counts: Counts): void {
  const { mode } = fs.lstatSync(file)
  if (!(mode & 0o6000)) return
  fs.chmodSync(file, mode & 0o1777)
  counts.setId++
}
