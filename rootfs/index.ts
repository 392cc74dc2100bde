// npm run rootfs: makes a root file system.
import os from 'node:os'
import path from 'node:path'
import { main, Problem, say } from '../tools/setup/terminal.mjs'
import { words } from '../tools/setup/words.mjs'
import { ensureRootfs, type Kind, KINDS } from './ensure'
import type { EnsureOptions } from './work'

const USAGE = `usage: npm run rootfs [-- KIND] [OPTIONS]

  busybox        a single static program with all the usual commands (default)
  alpine         Alpine Linux, 4 MB to download
  debian         a small Debian, made by debootstrap; needs root
  tarball PATH   a tar archive of one, such as 'docker export -o FILE.tar CONTAINER' writes,
                 plain or compressed by gzip, xz, bzip2, zstd, lz4, lzip or lzop

  --force        make it again if it is there
  --name NAME    the name of the directory in rootfs/

  ROOTFS_DIR=DIR      make it there instead of in rootfs/
  ALPINE_MIRROR=URL   instead of https://dl-cdn.alpinelinux.org/alpine
  DEBIAN_SUITE=NAME, DEBIAN_MIRROR=URL   instead of debootstrap's own
`

const OPTIONS = {
  force: { type: 'boolean', short: 'f' },
  name: { type: 'string' },
} as const

function parse() {
  const { values, positionals } = words(USAGE, { allowPositionals: true, options: OPTIONS })
  const [kind = 'busybox', file, ...rest] = positionals as string[]
  if (!KINDS.includes(kind as Kind)) wrong(`There is no root file system of the kind '${kind}'.`)
  if (kind === 'tarball' && !file) wrong('tarball needs the path of an archive.')
  const surplus = kind === 'tarball' ? rest : positionals.slice(1)
  if (surplus.length) wrong(`'${surplus[0]}' is one argument too many.`)
  // tools/run.mjs changes into the project's directory; a path counts from where the person is.
  const tarball = file && path.resolve(process.env.INIT_CWD || process.cwd(), file)
  return { kind: kind as Kind, options: { ...(values as EnsureOptions), tarball } }
}

function wrong(message: string): never {
  throw new Problem(`${message}\n\n${USAGE}`, 2)
}

/** Ctrl-C and friends end the work, not the process: what was begun has to be removed. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const status = 128 + os.constants.signals[signal]
      controller.abort(new Problem('Interrupted; nothing half-made is left.', status))
    })
  }
  return controller.signal
}

main(async () => {
  const { kind, options } = parse()
  const signal = abortOnSignal()
  const { path: file, made, notes } = await ensureRootfs(kind, { ...options, signal })
  for (const note of notes) say(note)
  const shown = path.relative(process.cwd(), file) || file
  console.log(
    made ? `Made ${shown}` : `${shown} is there already, nothing to do (--force makes it again)`,
  )
})
