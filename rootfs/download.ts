import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { find } from '../tools/setup/programs.mjs'
import { Problem, task } from '../tools/setup/terminal.mjs'
import { stat, systemText } from './files'

export interface Download {
  url: string
  /** The expected SHA-256, in hexadecimal. */
  sha256: string
  /** Where the file goes when it is whole and right. */
  file: string
  /** A directory for it until then. */
  scratch: string
  signal?: AbortSignal
}

const IDLE_SECONDS = 30
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Downloads `url` to `file`; a file that is there and right is kept. Throws a Problem if the server
 * can't be reached, answers with an error, is silent for too long, or sends something else.
 */
export async function download(request: Download): Promise<void> {
  const { file, url, scratch } = request
  if (stat(file) && sha256(file) === request.sha256) return
  const part = path.join(scratch, path.basename(file))
  const proxy = proxies()
  if (Object.keys(proxy).length && !find('curl'))
    throw failure(url, file, 'there is a proxy, which only curl can ask here. Install curl')
  await task(`Downloading ${path.basename(file)}`, (detail: (text: string) => void) =>
    Object.keys(proxy).length ? curl(request, part, proxy) : save(request, part, detail),
  )
  const sum = sha256(part)
  if (sum !== request.sha256)
    throw new Problem(
      `${url} is refused: its SHA-256 is ${sum}, but ${request.sha256} is expected. ` +
        'Run it again; if it fails again, choose another server with ALPINE_MIRROR=URL.',
    )
  fs.renameSync(part, file)
}

const sha256 = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex')

async function save(
  { url, file, signal }: Download,
  part: string,
  detail: (text: string) => void,
): Promise<void> {
  const idle = new AbortController()
  const silence = new Error(`nothing came for ${IDLE_SECONDS} seconds`)
  const timer = setTimeout(() => idle.abort(silence), IDLE_SECONDS * 1000)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    const response = await fetch(url, {
      // With "content-encoding: gzip" fetch would unpack it, and the checksum would be another.
      headers: { 'accept-encoding': 'identity' },
      signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
    })
    if (!response.ok) throw new Error(`the server says ${response.status} ${response.statusText}`)
    for await (const chunk of response.body ?? []) {
      timer.refresh()
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_BYTES) throw new Error(`it goes on after ${MAX_BYTES} bytes`)
      detail(`${size} of ${response.headers.get('content-length') ?? 'some'} bytes`)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw failure(url, file, `${systemText(error)}${size ? `, after ${size} bytes` : ''}`)
  } finally {
    clearTimeout(timer)
  }
  fs.writeFileSync(part, Buffer.concat(chunks))
}

// What curl reads, and how npm hands on its own configuration.
const PROXIES: Record<string, string[]> = {
  https_proxy: ['https_proxy', 'HTTPS_PROXY', 'npm_config_https_proxy', 'npm_config_proxy'],
  http_proxy: ['http_proxy', 'HTTP_PROXY', 'npm_config_proxy'],
  all_proxy: ['all_proxy', 'ALL_PROXY'],
}

// Node 20's fetch ignores them.
function proxies(): Record<string, string> {
  const found = Object.entries(PROXIES).map(([name, names]) => [
    name,
    names.map((given) => process.env[given]).find(Boolean),
  ])
  return Object.fromEntries(found.filter(([, value]) => value))
}

async function curl(
  { url, file, signal }: Download,
  part: string,
  env: Record<string, string>,
): Promise<void> {
  const limits = ['--max-filesize', `${MAX_BYTES}`, '--speed-time', `${IDLE_SECONDS}`]
  const words = ['--fail', '--location', '--silent', '--show-error', '--output', part, url]
  const { execa } = await import('execa')
  const { failed, stderr, shortMessage } = await execa('curl', [...limits, ...words], {
    reject: false,
    cancelSignal: signal,
    env,
  })
  signal?.throwIfAborted()
  if (failed) throw failure(url, file, stderr?.trim() || `${shortMessage}`)
}

function failure(url: string, file: string, reason: string): Problem {
  const otherWay = `curl -L -o ${file} ${url}`
  return new Problem(
    `Cannot download ${url}: ${reason}. Check the network, choose another server with ` +
      `ALPINE_MIRROR=URL, or fetch it in another way and run this again: ${otherWay}`,
  )
}
