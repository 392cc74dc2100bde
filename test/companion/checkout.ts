// A second checkout, set up like the real one, for a learner to work in: at a path with a space.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPty } from '../../tools/console/session'
import { becoming } from '../harness/user'
import { HANG } from '../harness/waiting'
import { repository } from '../harness/work'

const parts = [
  'native',
  'steps',
  'tools',
  'test',
  'rootfs',
  'build/ts',
  'build/fixtures',
  'README.md',
  'WORKSHOP.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.npmrc',
]

/** Whether other users can get at it: not if it lies in somebody's private home. */
function isOpen(path: string): boolean {
  const [file, ...args] = [...becoming(65534), 'test', '-r', path]
  return process.getuid?.() !== 0 || spawnSync(file as string, args).status === 0
}

// A link is quick, where it can be followed.
function bringPackages(folder: string): void {
  const from = join(repository, 'node_modules')
  if (isOpen(from)) symlinkSync(from, join(folder, 'node_modules'))
  else execFileSync('cp', ['--archive', from, join(folder, 'node_modules')])
}

/** `on` are the words before the command. */
type Options = { on?: string[]; env?: NodeJS.ProcessEnv }

export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'companion checkout-'))

  /** The Node that runs it, which any user can execute. */
  readonly program = isOpen(process.execPath) ? process.execPath : this.path('node')

  constructor({ packages = true } = {}) {
    if (this.program !== process.execPath) copyFileSync(process.execPath, this.program)
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

  /** Runs the companion. */
  run(args: string[], options: Options = {}) {
    return this.node([this.path('tools', 'run.mjs'), ...args], options)
  }

  node(args: string[], { on = [], env }: Options = {}) {
    const [file, ...rest] = [...on, this.program, ...args]
    const { status, stdout, stderr } = spawnSync(file as string, rest, {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 5 * HANG,
      env: env ?? { PATH: process.env.PATH, HOME: this.folder, TERM: 'dumb' },
    })
    return { status, stdout, stderr }
  }

  /** The same at a terminal of 80 × 24: what it shows, and the exit status. */
  atTerminal(args: string[], env: Record<string, string>) {
    const argv = [this.path('tools', 'run.mjs'), ...args]
    const { PATH = '' } = process.env
    // The shell keeps the terminal until all has been read: 200 ms after the end of its program,
    // node-pty drops what is left.
    const script = '"$@"; echo "status $?"; read -r end'
    const terminal = loadPty().spawn('/bin/sh', ['-c', script, 'sh', this.program, ...argv], {
      cwd: this.folder,
      cols: 80,
      rows: 24,
      env: { PATH, HOME: this.folder, TERM: 'xterm', ...env },
    })
    let shown = ''
    return new Promise<{ status: number; shown: string }>((done) => {
      terminal.onData((text) => {
        shown += text
        const [, before, status] = /^([\s\S]*?)^status (\d+)\r?\n$/m.exec(shown) ?? []
        if (before === undefined) return
        terminal.onExit(() => done({ status: Number(status), shown: before }))
        terminal.write('\r')
      })
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
