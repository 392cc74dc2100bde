import fs from 'node:fs'
import path from 'node:path'
import { type ReadEntry, Parser } from 'tar'
import { makeDirectory } from './files'
import { explain, Problem } from './problem'

export interface Unpacked {
  /** Device nodes and FIFOs: the steps make their own /dev. */
  skipped: number
}

/**
 * Unpacks a tar archive, plain, gzip or (where Node has it, from 22.15) zstd, into the empty directory `root`.
 *
 * Links are kept as they are, absolute ones too: a link means something inside the container only, and nothing here
 * ever follows one. Throws a {@link Problem} that names the entry at the first one that would land outside of `root`
 * (`..`, an absolute name, a name or a hard link that goes through a link), and for an archive that is damaged or cut.
 * What was written until then stays in `root`, for the caller to remove.
 */
export async function unpack(
  archive: string,
  root: string,
  signal?: AbortSignal,
): Promise<Unpacked> {
  const writer = new Writer(archive, root)
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => writer.add(entry),
  })
  parser.on(
    'ignoredEntry',
    (entry) => (writer.problem ??= writer.refusal(entry, 'is of a kind that cannot be unpacked')),
  )
  parser.on('eof', () => (writer.complete = true))
  parser.on('error', (error) => (writer.problem ??= damaged(archive, error)))
  try {
    for await (const chunk of readChunks(archive)) {
      signal?.throwIfAborted()
      feed(parser, chunk, writer)
    }
    feed(parser, undefined, writer)
  } finally {
    writer.close()
  }
  if (!writer.complete)
    throw new Problem(`${archive} is cut short: the end of the archive is missing.`)
  writer.finish()
  return writer.counted
}

async function* readChunks(archive: string): AsyncGenerator<Buffer> {
  try {
    yield* fs.createReadStream(archive, { highWaterMark: 256 * 1024 })
  } catch (error) {
    throw explain(`Cannot read the archive ${archive}`, error)
  }
}

// The parser does all its work inside write() and end(), so a problem is known right after them.
function feed(parser: Parser, chunk: Buffer | undefined, writer: Writer): void {
  try {
    if (chunk) parser.write(chunk)
    else parser.end()
  } catch (error) {
    writer.problem ??= damaged(writer.archive, error)
  }
  if (writer.problem) throw writer.problem
}

function damaged(archive: string, error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error)
  if (/zstd/i.test(text)) {
    return new Problem(`This Node cannot read zstd archives. Unpack it first: zstd -d ${archive}`)
  }
  if (/unexpected end of file|truncated/i.test(text)) {
    return new Problem(`${archive} is cut short: ${text}. Make or copy it again.`)
  }
  return new Problem(
    `${archive} is not a tar archive, or a damaged one: ${text}. Make one with docker export CONTAINER > FILE.tar`,
  )
}

type Kind = 'directory' | 'file' | 'link'

const FILES = new Set(['File', 'OldFile', 'ContiguousFile'])

// Writes entries into a directory that was empty. So what it wrote itself is all there is, and `kinds` knows it.
class Writer {
  readonly archive: string
  private readonly root: string
  problem: Problem | undefined
  complete = false
  readonly counted: Unpacked = { skipped: 0 }
  private readonly kinds = new Map<string, Kind>([['', 'directory']])
  private readonly directories = new Map<string, ReadEntry>()
  private descriptor: number | undefined
  private readonly asRoot = process.geteuid?.() === 0

  constructor(archive: string, root: string) {
    this.archive = archive
    this.root = root
  }

  /** Takes one entry of the parser. It never throws: the first failure is kept in `problem`. */
  add(entry: ReadEntry): void {
    entry.on('error', (error: unknown) => (this.problem ??= damaged(this.archive, error)))
    try {
      if (!this.problem) this.write(entry)
    } catch (error) {
      this.problem = explain(`Cannot unpack ${show(entry.path)} of ${this.archive}`, error)
    }
    entry.resume()
  }

  /** Why an entry is refused. */
  refusal(entry: ReadEntry, reason: string): Problem {
    return new Problem(
      `${this.archive} is refused, nothing is unpacked: its entry ${show(entry.path)} ${reason}.`,
    )
  }

  /** Gives the directories their modes, the deepest first: a read-only one could not have been filled. */
  finish(): void {
    for (const [name, entry] of [...this.directories].reverse()) {
      const file = path.join(this.root, name)
      try {
        this.own(file, entry)
        fs.chmodSync(file, this.mode(entry, 0o755) | (this.asRoot ? 0 : 0o700))
      } catch (error) {
        throw explain(`Cannot unpack ${show(entry.path)} of ${this.archive}`, error)
      }
    }
  }

  /** Closes the file that was being written. */
  close(): void {
    if (this.descriptor !== undefined) fs.closeSync(this.descriptor)
    this.descriptor = undefined
  }

  private write(entry: ReadEntry): void {
    const name = this.place(entry)
    if (entry.type === 'Directory' || entry.type === 'GNUDumpDir') this.directory(name, entry)
    else if (FILES.has(entry.type)) this.file(name, entry)
    else if (entry.type === 'SymbolicLink') this.symbolicLink(name, entry)
    else if (entry.type === 'Link') this.hardLink(name, entry)
    else this.counted.skipped++
  }

  // The entry's name relative to the root, its parents made.
  private place(entry: ReadEntry): string {
    const name = this.inside(entry, entry.path, 'it')
    if (name === '' && entry.type !== 'Directory')
      throw this.refusal(entry, 'would replace the root directory')
    this.makeParents(name)
    return name
  }

  // Refuses every way out: by an absolute name, by `..`, through a link; and a file in the place of a directory.
  private inside(entry: ReadEntry, given: string, what: string): string {
    if (given.startsWith('/')) {
      throw this.refusal(entry, `would land outside: ${what} has the absolute name ${show(given)}`)
    }
    const parts = given.split('/').filter((part) => part !== '' && part !== '.')
    if (parts.includes('..')) {
      throw this.refusal(entry, `would land outside: ${what} goes through '..' in ${show(given)}`)
    }
    for (const parent of parentsOf(parts)) {
      const kind = this.kinds.get(parent) ?? 'directory'
      if (kind !== 'directory')
        throw this.refusal(entry, `would go through ${show(parent)}, which is a ${kind}`)
    }
    return parts.join('/')
  }

  private makeParents(name: string): void {
    for (const parent of parentsOf(name.split('/'))) {
      if (this.kinds.has(parent)) continue
      makeDirectory(path.join(this.root, parent))
      this.kinds.set(parent, 'directory')
    }
  }

  private directory(name: string, entry: ReadEntry): void {
    if (this.kinds.get(name) !== 'directory') {
      this.replace(name, 'directory')
      fs.mkdirSync(path.join(this.root, name), 0o700)
    }
    this.directories.set(name, entry)
  }

  private file(name: string, entry: ReadEntry): void {
    this.replace(name, 'file')
    const file = path.join(this.root, name)
    const flags =
      fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_NOFOLLOW
    const descriptor = fs.openSync(file, flags, 0o600)
    this.descriptor = descriptor
    const attempt = (act: () => void) => {
      try {
        if (!this.problem) act()
      } catch (error) {
        this.problem = explain(`Cannot unpack ${show(entry.path)} of ${this.archive}`, error)
      }
    }
    entry.on('data', (chunk) => attempt(() => fs.writeFileSync(descriptor, chunk)))
    entry.on('end', () => {
      attempt(() => this.seal(file, descriptor, entry))
      this.close()
    })
  }

  // The owner before the mode: a change of owner clears the setuid bit.
  private seal(file: string, descriptor: number, entry: ReadEntry): void {
    this.own(file, entry)
    fs.fchmodSync(descriptor, this.mode(entry, 0o644))
    if (entry.mtime) fs.futimesSync(descriptor, entry.mtime, entry.mtime)
  }

  private symbolicLink(name: string, entry: ReadEntry): void {
    const target = entry.linkpath ?? ''
    const climbed = path.posix.join(path.posix.dirname(name), target)
    // The rule of docker load: an absolute target counts from the container's root, `..` may not climb above it.
    if (!target.startsWith('/') && (climbed === '..' || climbed.startsWith('../'))) {
      throw this.refusal(entry, `is a link that leads outside (${show(target)})`)
    }
    this.replace(name, 'link')
    const file = path.join(this.root, name)
    fs.symlinkSync(target, file)
    this.own(file, entry)
  }

  private hardLink(name: string, entry: ReadEntry): void {
    const target = this.inside(entry, entry.linkpath ?? '', 'the file it links to')
    const kind = this.kinds.get(target)
    if (kind === undefined || kind === 'directory' || target === name) {
      throw this.refusal(
        entry,
        `is a hard link to ${show(target)}, which is no file of the archive before it`,
      )
    }
    this.replace(name, kind)
    // link(2) does not follow a symbolic link, it links the link itself.
    fs.linkSync(path.join(this.root, target), path.join(this.root, name))
  }

  // A later entry of the same name wins, as it does with tar.
  private replace(name: string, kind: Kind): void {
    const before = this.kinds.get(name)
    const file = path.join(this.root, name)
    if (before === 'directory') fs.rmdirSync(file)
    else if (before) fs.unlinkSync(file)
    // Or finish() would change the mode of what a link in its place points at.
    this.directories.delete(name)
    this.kinds.set(name, kind)
  }

  private own(file: string, entry: ReadEntry): void {
    if (this.asRoot) fs.lchownSync(file, entry.uid ?? 0, entry.gid ?? 0)
  }

  // Without root the owner is another one, and the setuid bit would hand out that one's rights.
  private mode(entry: ReadEntry, fallback: number): number {
    const mode = (entry.mode ?? fallback) & 0o7777
    return this.asRoot ? mode : mode & 0o1777
  }
}

// a/b/c: a, a/b
function parentsOf(parts: string[]): string[] {
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

// A name comes from the archive: what steers a terminal, or turns the direction of writing, must not reach it.
function show(name: string): string {
  return JSON.stringify(name).replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
