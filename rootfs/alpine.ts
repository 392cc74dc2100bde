import path from 'node:path'
import { download } from './download'
import { leaveToOwner, makeDirectory } from './files'
import type { Context } from './context'
import { Problem } from './problem'
import { unpack } from './unpack'

export const ALPINE_VERSION = '3.23.4'

// As several unrelated projects pin them, Homebrew's formulae among them. Alpine publishes them beside the files too.
const SHA256: Record<string, string> = {
  x86_64: '85498865362aa7ebececa0d725a2f2e4db7ac4e4b2850b8df21645afa0d03ee3',
  aarch64: '9250667a8affac8f1e98086392f80f43f086626701e9bce33398eb9b6c0bd64c',
}

/** Alpine's name of this machine's architecture. Throws a {@link Problem} where there is none we know a checksum for. */
export function alpineArch(): string {
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string]
  if (!arch)
    throw new Problem(
      `There is no Alpine for ${process.arch} here, only for x86_64 and aarch64. Use busybox.`,
    )
  return arch
}

/** The base URL of Alpine's files, `ALPINE_MIRROR` or Alpine's own, without a slash at the end. */
export function alpineMirror(): string {
  return (process.env.ALPINE_MIRROR || 'https://dl-cdn.alpinelinux.org/alpine').replace(/\/+$/, '')
}

/**
 * Makes Alpine's minirootfs: downloads it into `<directory>/.cache`, where it stays for the next time, and unpacks it.
 * Throws a {@link Problem} as `download` and `unpack` do.
 */
export async function makeAlpine(root: string, context: Context): Promise<void> {
  const arch = alpineArch()
  const name = `alpine-minirootfs-${ALPINE_VERSION}-${arch}.tar.gz`
  const branch = `v${ALPINE_VERSION.split('.').slice(0, 2).join('.')}`
  const cache = path.join(context.directory, '.cache')
  makeDirectory(cache)
  leaveToOwner(cache)
  const file = path.join(cache, name)
  await download({
    url: `${alpineMirror()}/${branch}/releases/${arch}/${name}`,
    sha256: context.sha256 ?? SHA256[arch],
    file,
    signal: context.signal,
    progress: true,
  }).finally(() => {
    for (const left of [file, `${file}.part`]) leaveToOwner(left)
  })
  await unpack(file, root, context.signal)
}
