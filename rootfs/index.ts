import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ensureRootfs, type EnsureOptions, type Kind, KINDS } from './ensure'
import { explain } from './problem'

const USAGE = `usage: npm run rootfs [KIND] [-- OPTIONS]

  busybox        a single static program with all the usual commands (default)
  alpine         Alpine Linux, 4 MB to download
  debian         a small Debian, made by debootstrap; needs root
  tarball PATH   what 'docker export' writes: .tar, .tar.gz, .tar.zst

  --force        make it again if it is there
  --name NAME    the name of the directory in rootfs/

  ROOTFS_DIR=DIR      make it there instead of in rootfs/
  ALPINE_MIRROR=URL   instead of https://dl-cdn.alpinelinux.org/alpine
  DEBIAN_SUITE=NAME, DEBIAN_MIRROR=URL   instead of debootstrap's own
`

class UsageError extends Error {}

/** Reads the command line. Throws a UsageError for what makes no sense. */
function parse(args: string[]): { kind: Kind; help?: boolean; options: EnsureOptions } {
  const { values, positionals } = parseOptions(args)
  const [kind = 'busybox', file, ...rest] = positionals
  if (!KINDS.includes(kind as Kind))
    throw new UsageError(`there is no root file system of the kind '${kind}'`)
  if (kind === 'tarball' && !file) throw new UsageError('tarball needs the path of an archive')
  const surplus = kind === 'tarball' ? rest : positionals.slice(1)
  if (surplus.length) throw new UsageError(`'${surplus[0]}' is one argument too many`)
  // npm changes into the project's directory; a path counts from where the person is.
  const start =
    (process.env.npm_lifecycle_event === 'rootfs' && process.env.INIT_CWD) || process.cwd()
  const tarball = file === undefined ? undefined : path.resolve(start, file)
  return {
    kind: kind as Kind,
    help: values.help,
    options: { force: values.force, name: values.name, tarball },
  }
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        force: { type: 'boolean', short: 'f' },
        name: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Ctrl-C and friends end the work, not the process: what was begun has to be removed. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + os.constants.signals[signal]
      controller.abort(new Error(signal))
    })
  }
  return controller.signal
}

async function main(args: string[]): Promise<void> {
  const { kind, help, options } = parse(args)
  if (help) return void process.stdout.write(USAGE)
  const signal = abortOnSignal()
  try {
    const { path: made, made: isNew } = await ensureRootfs(kind, {
      ...options,
      signal,
      say: complain,
    })
    const shown = path.relative(process.cwd(), made) || made
    process.stdout.write(
      isNew
        ? `Made ${shown}\n`
        : `${shown} is there already, nothing to do (--force makes it again)\n`,
    )
  } catch (error) {
    if (signal.aborted) return complain('Interrupted; nothing half-made is left.')
    throw error
  }
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`)
}

// A reader that has gone, as in `| head -1`, is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

main(process.argv.slice(2)).catch((error) => {
  if (error instanceof UsageError) {
    complain(`rootfs: ${error.message}\n\n${USAGE}`)
    process.exitCode = 2
  } else {
    complain(`rootfs: ${explain('Cannot make the root file system', error).message}`)
    process.exitCode = 1
  }
})
