import { createHash } from 'node:crypto'
import path from 'node:path'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import { Header } from 'tar'
import { ALPINE_VERSION, alpineArch, alpineMirror } from './alpine'
import type { Context } from './context'
import { writeFile } from './files'
import { Problem, systemText } from './problem'

const PACKAGE = 'busybox-static'
const LIMIT_MS = 60_000

/**
 * Fetches the static busybox out of Alpine's package and returns its path, below `context.scratch`.
 *
 * The package cannot be pinned: a branch keeps only its newest revision. What is verified is the chain from the index
 * to the program (the index has the checksum of the package's control part, that one the checksum of its data). The
 * index itself is trusted because it comes over HTTPS; its signature is not checked.
 * Throws a {@link Problem} when something cannot be fetched or does not fit.
 */
export async function fetchAlpineBusybox(context: Context): Promise<string> {
  const branch = `v${ALPINE_VERSION.split('.').slice(0, 2).join('.')}`
  const base = `${alpineMirror()}/${branch}/main/${alpineArch()}`
  const index = gunzipSync(await get(`${base}/APKINDEX.tar.gz`, context.signal))
  const { version, checksum } = findPackage(readEntry(index, 'APKINDEX').toString())
  const url = `${base}/${PACKAGE}-${version}.apk`
  const data = verify(await get(url, context.signal), checksum, url)
  const file = path.join(context.scratch, 'busybox.static')
  writeFile(file, readEntry(data, 'bin/busybox.static'), 0o755)
  return file
}

async function get(url: string, signal?: AbortSignal): Promise<Buffer> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    if (!response.ok) throw new Error(`the server says ${response.status} ${response.statusText}`)
    return Buffer.from(await response.arrayBuffer())
  } catch (error) {
    signal?.throwIfAborted()
    throw new Problem(`Cannot download ${url}: ${systemText(error)}`)
  }
}

// The index is a list of paragraphs of `letter:value` lines: P the name, V the version, C the checksum.
function findPackage(index: string): { version: string; checksum: string } {
  const paragraph = index.split('\n\n').find((text) => text.split('\n').includes(`P:${PACKAGE}`))
  const version = /^V:([\w.+-]+)$/m.exec(paragraph ?? '')?.[1]
  const checksum = /^C:Q1(.+)$/m.exec(paragraph ?? '')?.[1]
  if (!version || !checksum) throw new Problem(`Alpine's index has no ${PACKAGE}`)
  return { version, checksum }
}

// A package is three gzip files in a row: the signature, the control part, the data. Returns the data, unpacked.
function verify(apk: Buffer, checksum: string, url: string): Buffer {
  const [, control, data] = splitGzip(apk)
  const sha1 = control && createHash('sha1').update(control).digest('base64')
  if (!data || sha1 !== checksum)
    throw new Problem(`${url} is refused: its checksum is not the one of the index`)
  const info = readEntry(gunzipSync(control), '.PKGINFO').toString()
  const sha256 = createHash('sha256').update(data).digest('hex')
  if (/^datahash = (\w+)$/m.exec(info)?.[1] !== sha256) {
    throw new Problem(`${url} is refused: its content has another checksum than it says`)
  }
  return gunzipSync(data)
}

function splitGzip(buffer: Buffer): Buffer[] {
  const members: Buffer[] = []
  for (let at = 0; at < buffer.length; ) {
    const size = gzipLength(buffer.subarray(at))
    members.push(buffer.subarray(at, at + size))
    at += size
  }
  return members
}

// A gzip header is 10 bytes, plus what its flags announce; the trailer is 8 bytes.
function gzipLength(buffer: Buffer): number {
  const flags = buffer[3]
  let at = 10
  if (flags & 4) at += 2 + buffer.readUInt16LE(at)
  if (flags & 8) at = buffer.indexOf(0, at) + 1
  if (flags & 16) at = buffer.indexOf(0, at) + 1
  if (flags & 2) at += 2
  const { engine } = inflateRawSync(buffer.subarray(at), { info: true } as object) as unknown as {
    engine: { bytesWritten: number }
  }
  return at + engine.bytesWritten + 8
}

// One file's content out of a small tar archive in memory.
function readEntry(tar: Buffer, name: string): Buffer {
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = new Header(tar, at)
    const size = header.size ?? 0
    if (header.path === name) return tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  throw new Problem(`${name} is missing in what Alpine's server sent`)
}
