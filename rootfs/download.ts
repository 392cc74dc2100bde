import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SingleBar } from 'cli-progress'
import { stat } from './files'
import { explain, Problem, systemText } from './problem'
import { isAbandoned, ownedSuffix } from './temporary'

export interface Download {
  url: string
  /** The expected SHA-256, in hexadecimal. */
  sha256: string
  /** Where the finished file goes. Until then it is called `<file>.part`. */
  file: string
  signal?: AbortSignal
  /** Show a progress bar on stderr; nothing is shown where stderr is not a terminal. */
  progress?: boolean
}

const IDLE_MS = 30_000
const MAX_BYTES = 512 * 1024 * 1024
const ATTEMPTS = 3

/**
 * Streams `url` into `file`. What an earlier, cut download left in `<file>.part` is continued with an HTTP range; a cut
 * connection is resumed at once, three times. A file that is already there and right is kept.
 * Throws a {@link Problem} when the server cannot be reached, answers with an error, goes on too long, or when the
 * checksum is wrong; in the last case the part is removed, otherwise it is kept for the next run (not on a full disk).
 */
export async function download(request: Download): Promise<void> {
  const { file, url } = request
  if (stat(file) && (await sha256(file)) === request.sha256) return
  const part = claimPart(file)
  try {
    await fetchWhole(request, part)
    const sum = await sha256(part)
    if (sum !== request.sha256) throw wrongChecksum(request, sum, part)
    fs.renameSync(part, file)
  } catch (error) {
    releasePart(part, file, error)
    request.signal?.throwIfAborted()
    throw explain(`Cannot download ${url} to ${file}`, error)
  }
}

function wrongChecksum({ url, sha256 }: Download, sum: string, part: string): Problem {
  fs.rmSync(part, { force: true })
  return new Problem(
    `${url} is refused and removed: its SHA-256 is ${sum}, but ${sha256} is expected. ` +
      'Run it again; if it stays so, the mirror has another file: choose another with ALPINE_MIRROR=URL.',
  )
}

// Takes over `<file>.part`, or what a killed run was writing, under a name of its own: two runs never write one file.
function claimPart(file: string): string {
  const own = `${file}.part${ownedSuffix()}`
  const directory = path.dirname(file)
  const shared = `${path.basename(file)}.part`
  for (const name of fs.readdirSync(directory)) {
    if (name !== shared && !(name.startsWith(shared) && isAbandoned(name))) continue
    try {
      fs.renameSync(path.join(directory, name), own)
    } catch {
      // Another run was faster.
    }
  }
  return own
}

function releasePart(part: string, file: string, error: unknown): void {
  const full = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
  if (full) fs.rmSync(part, { force: true })
  else if (stat(part)) fs.renameSync(part, `${file}.part`)
}

// Goes on after a cut as long as the cut attempt brought something.
async function fetchWhole(request: Download, part: string): Promise<void> {
  const bar = request.progress ? startBar(path.basename(request.file)) : undefined
  try {
    for (let attempt = 1; ; attempt++) {
      const before = stat(part)?.size ?? 0
      try {
        return await fetchRest(request, part, bar)
      } catch (error) {
        request.signal?.throwIfAborted()
        const size = stat(part)?.size ?? 0
        if (!(error instanceof Cut) || attempt === ATTEMPTS || size <= before)
          throw asProblem(error, request, size)
      }
    }
  } finally {
    bar?.stop()
  }
}

/** The connection ended early. */
class Cut extends Error {}

function asProblem(error: unknown, { url }: Download, size: number): unknown {
  if (!(error instanceof Cut)) return error
  const kept =
    size > 0 ? ` ${size} bytes are kept: run it again to go on from there.` : ' Run it again.'
  return new Problem(`Cannot download ${url}: ${systemText(error.cause)}.${kept}`)
}

async function fetchRest(request: Download, part: string, bar?: SingleBar): Promise<void> {
  const idle = new AbortController()
  const timer = setTimeout(
    () => idle.abort(new Error(`nothing came for ${IDLE_MS / 1000} seconds`)),
    IDLE_MS,
  )
  const signal = request.signal ? AbortSignal.any([request.signal, idle.signal]) : idle.signal
  try {
    const start = stat(part)?.size ?? 0
    const response = await ask(request.url, start, signal)
    if (response.status === 416) return // The part is the whole already; the checksum decides.
    const offset = response.status === 206 ? rangeStart(response) : 0
    if (offset !== start && offset !== 0)
      throw new Problem(`${request.url} answers with another range than asked for.`)
    const total = offset + Number(response.headers.get('content-length') ?? 0)
    if (bar?.isActive) bar.setTotal(total)
    else bar?.start(total, offset)
    await save(response, part, offset, signal, (size) => {
      timer.refresh()
      bar?.update(size)
    })
  } finally {
    clearTimeout(timer)
  }
}

async function ask(url: string, start: number, signal: AbortSignal): Promise<Response> {
  // Without identity a server may say "content-encoding: gzip", and the checksum would be that of the plain tar.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (start > 0) headers.range = `bytes=${start}-`
  const response = await fetch(url, { headers, signal }).catch((error) => {
    throw new Problem(
      `Cannot download ${url}: ${systemText(signal.aborted ? signal.reason : error)}. ` +
        'Check the network, or choose another mirror with ALPINE_MIRROR=URL.',
    )
  })
  if (response.ok || response.status === 416) return response
  await response.body?.cancel()
  throw new Problem(
    `Cannot download ${url}: the server says ${response.status} ${response.statusText}. ` +
      'Choose another mirror with ALPINE_MIRROR=URL.',
  )
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? -1)
}

async function save(
  response: Response,
  part: string,
  offset: number,
  signal: AbortSignal,
  seen: (size: number) => void,
): Promise<void> {
  const descriptor = fs.openSync(part, offset > 0 ? 'a' : 'w')
  let size = offset
  try {
    for await (const chunk of chunks(response, signal)) {
      fs.writeFileSync(descriptor, chunk)
      size += chunk.length
      if (size > MAX_BYTES)
        throw new Problem(`${response.url} goes on after ${MAX_BYTES} bytes, that is not the file.`)
      seen(size)
    }
  } finally {
    fs.closeSync(descriptor)
  }
}

// Failures of the network become a Cut, so that those of the disk can be told from them.
async function* chunks(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        throw new Cut('cut', { cause: signal.aborted ? signal.reason : cause })
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function startBar(name: string): SingleBar {
  return new SingleBar({
    stream: process.stderr,
    format: `${name} {bar} {percentage}% | {value}/{total} bytes | {eta} s`,
    // Its own signal handlers would end the process before the clean-up.
    gracefulExit: false,
    hideCursor: false,
  })
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(fs.createReadStream(file), hash)
  return hash.digest('hex')
}
