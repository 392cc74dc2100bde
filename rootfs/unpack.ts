// Unpacks archives with GNU tar, which never writes outside the directory it unpacks into.
import { spawnSync } from 'node:child_process'
import { Problem } from '../tools/setup/terminal.mjs'
import { readArchive } from './archive'
import { isRoot, printable } from './files'
import { isClosed } from './rights'
import type { Work } from './work'

// Escaped names, so that none can steer the terminal or look like a line of tar's.
// No --delay-directory-restore: with it, tar 1.34 may give a directory's mode to a file outside, to
// which a link in the directory's place leads.
const EXTRACT = [
  ...['--extract', '--file', '-', '--quoting-style=escape', '--warning=no-timestamp'],
  ...['--same-permissions', '--numeric-owner', '--acls', '--xattrs'],
  // A list of the entries, and where the end of the archive was found.
  ...['-vv', '--block-number'],
]

const environment = () => ({ ...process.env, LC_ALL: 'C', TAR_OPTIONS: '' })

const NO_DEVICE = /: Cannot mknod: Operation not permitted$/
const NO_ATTRIBUTE =
  /^tar: (\w+: Cannot set '.*' extended attr|.*Warning: Cannot \w*acl|.* support is not avail)/
const HARMLESS = [
  NO_DEVICE,
  NO_ATTRIBUTE,
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
 * are. An ordinary user gets no device files. `work.notes` says what isn't as in the archive.
 *
 * Throws a Problem that quotes tar when an entry would land outside of `root` or the archive is
 * damaged, cut short or none at all. The caller removes what was written until then.
 */
export async function unpack(archive: string, root: string, work: Work): Promise<void> {
  requireGnuTar()
  const seen = { bytes: 0, used: 0, hasCapabilities: false }
  const keepsCapabilities = isRoot() && isClosed(work.directory)
  const rights = [
    ...[isRoot() ? '--same-owner' : '--no-same-owner', '--xattrs-include=user.*'],
    ...(keepsCapabilities ? ['--xattrs-include=security.capability'] : []),
  ]
  const { execa } = await import('execa')
  // What reads the archive ends with tar, also if it would go on.
  const ending = new AbortController()
  const signal = AbortSignal.any([ending.signal, ...(work.signal ? [work.signal] : [])])
  const child = execa('tar', [...EXTRACT, ...rights, '--directory', root], {
    env: environment(),
    stdin: watched(readArchive(archive, signal), seen),
    reject: false,
    cancelSignal: work.signal,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 28,
  })
  const { cause, exitCode, stdout, stderr, shortMessage } = await child.finally(() =>
    ending.abort(),
  )
  work.signal?.throwIfAborted()
  if (cause instanceof Problem) throw cause
  const entries = entriesOf(stdout)
  const end = Number(/^block (\d+): \*\* Block of NULs/m.exec(stdout)?.[1])
  const reason =
    complaint(stderr, exitCode, shortMessage) ||
    (/^block \d+: \*\* End of File/m.test(stdout) && 'unexpected end of the archive') ||
    (entries.length === 0 && 'there is nothing in it') ||
    (seen.used > end * 512 && MORE) ||
    whiteout(entries) ||
    overtaken(entries)
  if (reason) throw refusal(archive, reason)
  work.notes.push(...notesOn(entries, stderr))
  if (isRoot() && seen.hasCapabilities && !keepsCapabilities) work.notes.push(NO_CAPABILITIES)
}

const MORE =
  'after its end it goes on, as if two archives had been joined. ' +
  'Unpack both with tar --ignore-zeros, and make one archive of that'

const NO_CAPABILITIES =
  'Left out file capabilities: every user of this machine could have run these programs with ' +
  'them. To keep them, make it in a directory that only you can enter: ROOTFS_DIR=DIR, after ' +
  'chmod 700 DIR.'

type Seen = { bytes: number; used: number; hasCapabilities: boolean }

// Notes how long the archive is, without zeros at its end, and whether a PAX header in it has
// capabilities. Such a header is small, and tar writes in blocks: it's in one chunk.
async function* watched(bytes: AsyncIterable<Buffer>, seen: Seen) {
  for await (const chunk of bytes) {
    seen.hasCapabilities ||= chunk.includes('SCHILY.xattr.security.capability=')
    const last = chunk.findLastIndex((byte) => byte !== 0)
    if (last >= 0) seen.used = seen.bytes + last + 1
    seen.bytes += chunk.length
    yield chunk
  }
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
  /** Of a device: its numbers. */
  size: string
  /** Escaped; with ` -> TARGET` for a link. */
  name: string
}

function entriesOf(listing: string): Entry[] {
  return listing.split('\n').flatMap((line) => {
    const [, type, size, name] = /^block \d+: (\w|-)\S+ +\S+ +(\S+) \S+ \S+ (.+)$/.exec(line) ?? []
    return type ? [{ type, size, name }] : []
  })
}

// How a layer of an image says that a file of the layers below is gone.
function whiteout(entries: Entry[]): string | undefined {
  const found = entries.find(
    ({ type, size, name }) => /(^|\/)\.wh\./.test(name) || (type === 'c' && size === '0,0'),
  )
  return (
    found &&
    `it is one layer of an image, without those below: it only deletes ${found.name}. Export ` +
      'the whole: docker export -o NAME.tar CONTAINER'
  )
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

function refusal(archive: string, line: string): Problem {
  // A few of tar's messages quote a name as it is.
  const reason = printable(line.replace(/^tar( \(child\))?: /, ''))
  if (/No space left|Wrote only|quota/.test(reason))
    return new Problem(
      `Cannot unpack ${archive}: no space left on device (tar: ${reason}). Free some space, ` +
        'or choose another place with ROOTFS_DIR=/some/directory.',
    )
  if (/unexpected e(of|nd)|ends unexpectedly|premature|lone zero block/i.test(reason))
    return new Problem(`${archive} is cut short: ${reason}. Make or copy it again.`)
  if (/not look like a tar|Skipping to next header|not in .* format/i.test(reason))
    return new Problem(`${archive} is damaged: ${reason}. Make or copy it again.`)
  if (/^Removing leading|contains '\.\.'/.test(reason))
    return new Problem(
      `${archive} is refused, nothing is unpacked: an entry leads outside (tar: ${reason}).`,
    )
  return new Problem(`${archive} is refused, nothing is unpacked: ${reason}.`)
}

function notesOn(entries: Entry[], stderr: string): string[] {
  const skipped = entries.filter(({ type }) => 'bcp'.includes(type)).length
  const lost = stderr.split('\n').filter((line) => NO_ATTRIBUTE.test(line)).length
  return [
    !isRoot() &&
      'All of its files belong to you and have no capabilities: only root can give them those.',
    skipped && `Left out device files and FIFOs (${skipped}): a container gets its own /dev.`,
    lost && `Left out extended attributes or ACLs (${lost}): this place or this tar has none.`,
  ].filter((note) => typeof note === 'string')
}
