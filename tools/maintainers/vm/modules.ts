// The kernel's modules that the guest needs, in the order in which they can be inserted.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Kernel } from './kernel'

// nf_tables asks for crc32c by name, and nothing resolves that in an initramfs: it comes first.
const wanted = [
  ...['crc32c_generic', 'virtio_pci', 'virtio_console', '9pnet_virtio', '9p', 'overlay'],
  ...['bridge', 'veth', 'dummy', 'nf_tables', 'nft_chain_nat', 'nft_masq', 'nft_ct'],
]

const decompress: Record<string, [string, string]> = {
  '.xz': ['xz', '-dc'],
  '.zst': ['zstd', '-dcq'],
  '.gz': ['gzip', '-dc'],
}

/** Name and content of each, after those it depends on. Skips what is built in or unknown. */
export function modulesOf({ modules }: Kernel): Map<string, Buffer> {
  const order = readFileSync(join(modules, 'modules.order'), 'utf8').trim().split('\n')
  const paths = new Map(
    order.map((path) => [nameOf(path), join(modules, path.replace(/\.ko.*$/, '.ko'))]),
  )
  const found = new Map<string, Buffer>()
  const add = (name: string) => {
    const path = paths.get(name)
    if (!path || found.has(name)) return
    const content = read(path)
    for (const other of dependencies(content)) add(other)
    found.set(name, content)
  }
  wanted.map(nameOf).forEach(add)
  return found
}

const nameOf = (path: string) =>
  basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_')

function read(path: string): Buffer {
  const suffix = Object.keys(decompress).find((suffix) => existsSync(path + suffix))
  if (!suffix) return readFileSync(path)
  const [file, option] = decompress[suffix] as [string, string]
  return execFileSync(file, [option, path + suffix], { maxBuffer: 1 << 28 })
}

function dependencies(content: Buffer): string[] {
  const names = /\0depends=([^\0]*)\0/.exec(`\0${content.toString('latin1')}`)?.[1] ?? ''
  return names.split(',').filter(Boolean).map(nameOf)
}
