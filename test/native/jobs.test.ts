// Job control: at a shell's prompt, a program that waits for its child is a job like any other.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { descendants, killPid, status } from '../harness/proc'
import { atNewTerminal, Started, terminalVariables } from '../harness/started'
import { until } from '../harness/waiting'
import { isRoot } from './program'

const repository = path.resolve(__dirname, '../..')
const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

// Starts its arguments as PID 1 of a new namespace, and exits with their status.
const program = path.join(scratch, 'contain.cjs')
writeFileSync(
  program,
  `const { spawn } = require('${repository}/native/spawn.ts')
  const { CLONE_NEWPID } = require('${repository}/native/sched.ts')
  const [file, ...args] = process.argv.slice(2)
  spawn(file, args, { cloneflags: CLONE_NEWPID }).then((status) => { process.exitCode = status })`,
)
const contain = `${process.execPath} --require ${repository}/steps/shared/loader.cjs ${program}`

/** Bash at a terminal, with a person who types and reads. */
class Shell {
  readonly #started: Started
  #from = 0

  constructor() {
    const [file, ...args] = atNewTerminal(['bash', '--norc', '--noediting', '-i'])
    const env = { ...process.env, ...terminalVariables, PS1: '' }
    this.#started = new Started(spawn(file as string, args, { env, stdio: 'pipe' }), [])
  }

  type(line: string): void {
    this.#from = this.#started.stdout.length
    this.#started.child.stdin?.write(line)
  }

  /** Waits for a text in what came since the last line was typed. */
  async shows(text: RegExp): Promise<void> {
    const since = () => this.#started.stdout.slice(this.#from)
    await until(() => text.test(since()) || !this.#started.running)
    expect(since()).toMatch(text)
  }

  /** Waits until the child, which is PID 1 in its namespace, is in a state. */
  async child(state: RegExp): Promise<void> {
    const isChild = (pid: number) => /\s1$/.test(status(pid, 'NSpid') ?? '')
    const now = () => {
      const pid = descendants(this.#started.pid).find(isChild)
      return pid === undefined ? 'none' : (status(pid, 'State') ?? 'none')
    }
    await until(() => state.test(now()))
    expect(now()).toMatch(state)
  }

  async end(): Promise<void> {
    for (const pid of descendants(this.#started.pid)) killPid(pid)
    await this.#started.kill()
  }
}

async function atShell(act: (shell: Shell) => Promise<void>): Promise<void> {
  const shell = new Shell()
  try {
    shell.type('echo re""ady\n')
    await shell.shows(/^ready/m)
    await act(shell)
  } finally {
    await shell.end()
  }
}

describe.skipIf(!isRoot)('a PID 1', () => {
  test('that Ctrl-Z stops goes on by fg', () =>
    atShell(async (shell) => {
      shell.type(`${contain} sh -c 'echo r""un; read x; exit 9'\n`)
      await shell.shows(/^run/m)
      shell.type('\x1a')
      await shell.shows(/Stopped/)
      await shell.child(/^T/)
      shell.type('fg\n')
      await shell.child(/^S/)
      shell.type('x\n')
      shell.type('echo status $?\n')
      await shell.shows(/^status 9/m)
    }))

  test('in the background stops when it reads the terminal, and reads on by fg', () =>
    atShell(async (shell) => {
      shell.type(`${contain} sh -c 'read word; echo r""ead $word' &\n`)
      await shell.child(/^T/)
      shell.type('echo mine\n')
      await shell.shows(/^mine/m)
      shell.type('fg\n')
      await shell.child(/^S/)
      shell.type('yours\n')
      await shell.shows(/^read yours/m)
    }))

  test('that is a shell in the background leaves the prompt alone, and has its own by fg', () =>
    atShell(async (shell) => {
      shell.type(`${contain} bash --norc --noediting -i &\n`)
      await shell.child(/^T/)
      shell.type('echo $((6 * 7)) in $$\n')
      await shell.shows(/^42 in \d\d/m)
      shell.type('bg\n')
      shell.type('until jobs | grep -q Stopped; do sleep 0.1; done; echo a""gain\n')
      await shell.shows(/^again/m)
      shell.type('fg\n')
      await shell.child(/^S/)
      shell.type('echo $((6 * 7)) in $$\n')
      await shell.shows(/^42 in 1\b/m)
      shell.type('exit 5\n')
      shell.type('echo status $?\n')
      await shell.shows(/^status 5/m)
    }))
})
