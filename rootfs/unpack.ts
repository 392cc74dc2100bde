// Unpacks archives with GNU tar, which never writes outside the directory it unpacks into.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { Problem } from '../tools/setup/terminal.mjs'
import { explain } from './files'
import type { Work } from './work'

const RIGHT_WAY = 'Make one with: docker export -o FILE.tar CONTAINER'

// Escaped names, so that none can steer the terminal or look like a line of tar's.
// No --delay-directory-restore: with it, tar 1.34 may give a directory's mode to a file outside, to
// which a link in the directory's place leads.
const EXTRACT = [
  ...['--extract', '--force-local', '--quoting-style=escape', '--warning=no-timestamp'],
  ...['--same-permissions', '--numeric-owner'],
  // A list of the entries, and whether the end of the archive was found.
  ...['-vv', '--block-number'],
]

const environment = () => ({ ...process.env, LC_ALL: 'C', TAR_OPTIONS: '' })
const isRoot = () => process.geteuid?.() === 0

const NO_DEVICE = /: Cannot mknod: Operation not permitted$/
const HARMLESS = [
  NO_DEVICE,
  /^tar: Extracting contiguous files as regular files$/,
  /^tar: Removing leading .\/+. from (member names|hard link targets)$/,
  // Attributes and times; these two would say where a file has holes.
  /^tar: Ignoring unknown extended header keyword '(?!SCHILY\.realsize|SUN\.holesdata)[^']*'$/,
]
const FAILED = /^tar: Exiting with failure status due to previous errors$/
// Other lines tell more than these.
const VAGUE =
  /^tar: (Exiting with failure|Error is not recoverable|Child returned|Removing leading)/

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
  const owner = isRoot() ? '--same-owner' : '--no-same-owner'
  const args = [...EXTRACT, owner, '--directory', root, '--file', archive]
  const { execa } = await import('execa')
  const { exitCode, stdout, stderr, shortMessage } = await execa('tar', args, {
    env: environment(),
    stdin: 'ignore',
    reject: false,
    cancelSignal: work.signal,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 28,
  })
  work.signal?.throwIfAborted()
  const entries = entriesOf(stdout)
  const reason =
    complaint(stderr, exitCode, shortMessage) ||
    (/^block \d+: \*\* End of File/m.test(stdout) && 'unexpected end of the archive') ||
    (entries.length === 0 && 'there is nothing in it') ||
    overtaken(entries)
  if (reason) throw refusal(archive, reason)
  const setId = takeSetIds(Buffer.from(root))
  work.notes.push(...notesOn(entries, setId))
}

// tar's reason for a refusal. It also fails at each device file that an ordinary user can't make.
function complaint(stderr: string, status?: number, otherwise?: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const unknown = lines.filter((line) => !HARMLESS.some((known) => known.test(line)))
  const isOnlyDevices =
    lines.some((line) => NO_DEVICE.test(line)) && unknown.every((line) => FAILED.test(line))
  if (status === 2 && isOnlyDevices) return undefined
  if (status === 0 && unknown.length === 0) return undefined
  return unknown.find((line) => !VAGUE.test(line)) ?? unknown[0] ?? otherwise
}

interface Entry {
  type: string
  /** Escaped; with ` -> TARGET` for a link. */
  name: string
}

function entriesOf(listing: string): Entry[] {
  return listing.split('\n').flatMap((line) => {
    const [, type, name] = /^block \d+: (\w|-)\S+ \S+ +\S+ \S+ \S+ (.+)$/.exec(line) ?? []
    return type ? [{ type, name }] : []
  })
}

// tar makes links that lead upwards or are absolute last of all. By then it can take a later entry
// of the same name for such a link's placeholder, and replaces it.
function overtaken(entries: Entry[]): string | undefined {
  const links = new Map<string, string>()
  for (const { type, name } of entries) {
    const before = links.get(plain(name.replace(/ -> .*/, '')))
    if (before && before !== name && type !== 'h')
      return `it has two entries for ${before}, and GNU tar would keep this link, not the later one`
    const [, link] = /^(.*?) -> (?:\/|.*\.\.)/.exec(type === 'l' ? name : '') ?? []
    if (link) links.set(plain(link), name)
  }
}

const plain = (name: string) =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')

function requireGnuTar(): void {
  const { stdout } = spawnSync('tar', ['--version'], { env: environment(), encoding: 'utf8' })
  if (stdout?.includes('GNU tar')) return
  throw new Problem(
    `${stdout ? "The tar of this system isn't GNU tar" : 'There is no tar here'}, which unpacks ` +
      'root file systems. Install the package tar: apk add tar (Alpine), ' +
      'apt-get install tar (Debian, Ubuntu).',
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

const PACKAGES: Record<string, string> = { xz: 'xz-utils or xz', lzma: 'xz-utils or xz' }

function refusal(archive: string, line: string): Problem {
  const reason = printable(line.replace(/^tar( \(child\))?: /, ''))
  const [, program] = /^(\w+): Cannot exec/.exec(reason) ?? []
  if (program)
    return new Problem(
      `${archive} needs ${program} to be unpacked. ` +
        `Install the package ${PACKAGES[program] ?? program}.`,
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
  if (/^Removing leading|contains '\.\.'/.test(reason))
    return new Problem(
      `${archive} is refused, nothing is unpacked: an entry leads outside (tar: ${reason}).`,
    )
  return new Problem(`${archive} is refused, nothing is unpacked: ${reason}`)
}

// A few of tar's messages quote a name as it is.
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\ufffd]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function notesOn(entries: Entry[], setId: number): string[] {
  const skipped = entries.filter(({ type }) => 'bcp'.includes(type)).length
  return [
    !isRoot() && 'All of its files belong to you: only root can give them to other users.',
    skipped && `Left out device files and FIFOs (${skipped}): a container gets its own /dev.`,
    setId &&
      `Took away set-user-ID and set-group-ID bits (${setId}): every user of this machine could ` +
        "have run these programs with their owner's rights.",
  ].filter((note) => typeof note === 'string')
}

// Removes devices on the way. Names are bytes: not all of them are UTF-8.
function takeSetIds(directory: Buffer): number {
  // An ordinary user has to be able to remove it again.
  if (!isRoot()) fs.chmodSync(directory, (fs.statSync(directory).mode & 0o1777) | 0o700)
  let count = 0
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const file = Buffer.concat([directory, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) count += takeSetIds(file)
    else if (entry.isFile()) count += takeSetId(file)
    else if (!entry.isSymbolicLink()) fs.unlinkSync(file)
  }
  return count
}

function takeSetId(file: Buffer): number {
  const { mode } = fs.lstatSync(file)
  if (!(mode & 0o6000)) return 0
  fs.chmodSync(file, mode & 0o1777)
  return 1
}
