// The bytes of a tar archive, whatever it is compressed with.
import fs from 'node:fs'
import { Problem } from '../tools/setup/terminal.mjs'
import { explain } from './files'
import { compressionOf, HEAD, install, isTar, strangeness } from './formats'

type Bytes = AsyncIterable<Buffer>

/**
 * Reads an archive, decompressed as often as it's compressed. Throws a Problem if it can't be read,
 * its program for that is missing or fails, or it's nothing that tar can unpack.
 */
export async function* readArchive(file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  refuseUnreadable(file)
  // A read that waits for the other end of a pipe can't be cancelled, but its process can be ended.
  yield* decompress(file, run(file, ['cat', '--', file], signal), signal)
}

function refuseUnreadable(file: string): void {
  try {
    fs.accessSync(file, fs.constants.R_OK)
    if (!fs.statSync(file).isDirectory()) return
  } catch (error) {
    throw explain(`Cannot read the archive ${file}`, error)
  }
  throw new Problem(
    `${file} is a directory. If it holds a root file system, make an archive of it: ` +
      `sudo tar -C DIR -cf NAME.tar .`,
  )
}

async function* decompress(file: string, input: Bytes, signal: AbortSignal): Bytes {
  const { head, all } = await begin(input)
  const compression = compressionOf(head)
  if (compression && !isTar(head))
    return yield* decompress(file, run(file, compression.command, signal, all), signal)
  const reason = !isTar(head) && strangeness(head)
  if (reason) throw new Problem(`${file} ${reason}`)
  yield* all
}

// The first bytes, and all of them.
async function begin(input: Bytes): Promise<{ head: Buffer; all: Bytes }> {
  const iterator = input[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < HEAD) {
    const { done, value } = await iterator.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  async function* all() {
    yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head, all: all() }
}

async function* run(
  file: string,
  [program, ...args]: string[],
  signal: AbortSignal,
  input?: Bytes,
): AsyncGenerator<Buffer> {
  const { execa } = await import('execa')
  const child = execa(program, args, {
    stdin: input ?? 'inherit',
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
    killSignal: 'SIGKILL',
    env: { LC_ALL: 'C' },
  })
  try {
    yield* child.stdout as Bytes
    const { failed, cause, code, stderr, shortMessage } = await child
    if (signal.aborted) return
    if (cause instanceof Problem) throw cause
    if (code === 'ENOENT')
      throw new Problem(`${file} needs ${program} to be unpacked. ${install(program)}.`)
    // bzip2 only warns of garbage at the end.
    if (failed || /garbage/.test(stderr)) throw damaged(file, stderr || `${shortMessage}`)
  } finally {
    child.kill('SIGKILL')
  }
}

function damaged(file: string, text: string): Problem {
  const reason = text.trim().split('\n')[0].replace(/[.;]$/, '')
  const what = /unexpected|premature|unfinished/i.test(reason) ? 'cut short' : 'damaged'
  return new Problem(`${file} is ${what}: ${reason}. Make or copy it again.`)
}
