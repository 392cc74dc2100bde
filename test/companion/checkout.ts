// A checkout of its own, set up like the real one, in which a learner can work: at a path with a space. Copying may take
// longer than hooks usually do.
import { execFileSync, type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { becoming } from '../lib/user'
import { repository } from '../lib/work'

const parts = [
  'native',
  'steps',
  'tools',
  'test/lib',
  'test/properties',
  'test/fixtures',
  'rootfs',
  'build/ts',
  'README.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.npmrc',
]

// A link is quick; but no other user can follow it into somebody's private home.
function bringPackages(folder: string): void {
  const from = join(repository, 'node_modules')
  const [file, ...args] = [...becoming(65534), 'test', '-r', from]
  const isOpen = process.getuid?.() !== 0 || spawnSync(file, args).status === 0
  if (isOpen) symlinkSync(from, join(folder, 'node_modules'))
  else execFileSync('cp', ['--archive', from, join(folder, 'node_modules')])
}

export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'companion checkout-'))

  constructor({ packages = true } = {}) {
    for (const part of parts)
      if (existsSync(join(repository, part)))
        cpSync(join(repository, part), join(this.folder, part), {
          recursive: true,
          preserveTimestamps: true,
          verbatimSymlinks: true,
        })
    if (packages) bringPackages(this.folder)
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  read(...names: string[]): string {
    return readFileSync(this.path(...names), 'utf8')
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text)
  }

  /** Runs the companion; `on` are the words before the command. */
  run(
    args: string[],
    { on = [], ...options }: Partial<SpawnSyncOptionsWithStringEncoding> & { on?: string[] } = {},
  ) {
    return this.node([this.path('tools', 'workshop.mjs'), ...args], { on, ...options })
  }

  node(
    args: string[],
    { on = [], env, ...options }: Partial<SpawnSyncOptionsWithStringEncoding> & { on?: string[] } = {},
  ) {
    const [file, ...rest] = [...on, process.execPath, ...args]
    const ended = spawnSync(file as string, rest, {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 90_000,
      env: env ?? { PATH: process.env.PATH, HOME: this.folder, TERM: 'dumb' },
      ...options,
    })
    return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
