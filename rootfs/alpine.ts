import fs from 'node:fs'
import path from 'node:path'
import { Problem } from '../tools/setup/terminal.mjs'
import { download } from './download'
import { leaveToOwner } from './files'
import { unpack } from './unpack'
import type { Work } from './work'

export const ALPINE_VERSION = '3.23.4'

// Alpine publishes these beside the files, and several unrelated projects pin the same.
const SHA256: Record<string, string> = {
  x86_64: '85498865362aa7ebececa0d725a2f2e4db7ac4e4b2850b8df21645afa0d03ee3',
  aarch64: '9250667a8affac8f1e98086392f80f43f086626701e9bce33398eb9b6c0bd64c',
}

/** Alpine's name for this machine's architecture. Throws a Problem for an unknown one. */
export function alpineArch(): string {
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string]
  if (arch) return arch
  throw new Problem(
    `Alpine can be made for x86_64 and aarch64, not for ${process.arch}. Use busybox.`,
  )
}

/**
 * Makes Alpine's minirootfs: downloads it into `<directory>/.cache`, where it stays for the next
 * time, and unpacks it. Throws a Problem as `download` and `unpack` do.
 */
export async function makeAlpine(root: string, work: Work): Promise<void> {
  const arch = alpineArch()
  const name = `alpine-minirootfs-${ALPINE_VERSION}-${arch}.tar.gz`
  const branch = `v${ALPINE_VERSION.split('.').slice(0, 2).join('.')}`
  const mirror = process.env.ALPINE_MIRROR || 'https://dl-cdn.alpinelinux.org/alpine'
  const cache = path.join(work.directory, '.cache')
  fs.mkdirSync(cache, { recursive: true })
  leaveToOwner(cache)
  const file = path.join(cache, name)
  await download({
    url: `${mirror.replace(/\/+$/, '')}/${branch}/releases/${arch}/${name}`,
    sha256: work.sha256 ?? SHA256[arch],
    file,
    scratch: work.scratch,
    signal: work.signal,
  })
  leaveToOwner(file)
  await unpack(file, root, work)
}
