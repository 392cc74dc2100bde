// The kernel's modules that the guest needs, in the order in which they can be inserted.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

// nf_tables asks for crc32c by its name, which nobody resolves in an initramfs: so it comes first.
const wanted = [
  ...['crc32c_generic', 'virtio_pci', 'virtio_console', '9pnet_virtio', '9p', 'overlay'],
  ...['bridge', 'veth', 'dummy', 'nf_tables', 'nft_chain_nat', 'nft_masq', 'nft_ct'],
]

const decompress = {
  '': undefined,
  '.xz': ['xz', '-dc'],
  '.zst': ['zstd', '-dcq'],
  '.gz': ['gzip', '-dc'],
}

/** Name and content of each, those it depends on first; what is built in or unknown is left out. */
export function modulesOf({ modules }) {
  const paths = new Map(
    readFileSync(join(modules, 'modules.order'), 'utf8')
      .trim()
      .split('\n')
      .map((path) => [nameOf(path), join(modules, path.replace(/\.ko.*$/, '.ko'))]),
  )
  const found = new Map()
  const add = (name) => {
    if (!paths.has(name) || found.has(name)) return
    const content = read(paths.get(name))
    for (const other of dependencies(content)) add(other)
    found.set(name, content)
  }
  wanted.map(nameOf).forEach(add)
  return found
}

const nameOf = (path) =>
  basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_')

function read(path) {
  const suffix = Object.keys(decompress).find((suffix) => existsSync(path + suffix)) ?? ''
  if (!suffix) return readFileSync(path)
  const [file, ...args] = decompress[suffix]
  return execFileSync(file, [...args, path + suffix], { maxBuffer: 1 << 28 })
}

function dependencies(content) {
  const names = /\0depends=([^\0]*)\0/.exec(`\0${content.toString('latin1')}`)?.[1] ?? ''
  return names.split(',').filter(Boolean).map(nameOf)
}
