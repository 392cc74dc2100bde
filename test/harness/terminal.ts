// A container at its own terminal, made by script(1): what a person sees and types.
import { type ChildProcess, spawn } from 'node:child_process'
import { claim, HarnessError, quote } from './claim'
import { argv, descendants, killPid, status } from './proc'
import type { StartOptions, Target } from './target'
import { patiently, soon } from './waiting'
import { repository } from './work'

export class Terminal {
  readonly #child: ChildProcess
  readonly #closed: Promise<number>
  #seen = ''
  #from = 0

  constructor(target: Target, command: string[], options: StartOptions = {}) {
    const words = [...target.onHost(), ...target.commandLine(command, options)]
    const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    this.#child = spawn(
      'script',
      ['--quiet', '--return', '--command', `exec ${line.join(' ')}`, '/dev/null'],
      {
        cwd: repository,
        env: { ...target.environment(options.env), SHELL: '/bin/sh', TERM: 'vt100' },
        stdio: 'pipe',
      },
    )
    const take = (chunk: Buffer) => {
      this.#seen += chunk.toString()
    }
    this.#child.stdout?.on('data', take)
    this.#child.stderr?.on('data', take)
    this.#child.stdin?.on('error', () => {})
    this.#closed = new Promise((done, failed) => {
      this.#child.once('error', (error) =>
        failed(new HarnessError(`script(1) of util-linux: ${error.message}`)),
      )
      this.#child.once('close', (code) => done(code ?? 1))
    })
    this.#closed.catch(() => {})
  }

  get screen(): string {
    return this.#seen.replaceAll('\r', '')
  }

  get pid(): number {
    if (this.#child.pid === undefined)
      throw new HarnessError('script(1) of util-linux is not installed')
    return this.#child.pid
  }

  type(keys: string): void {
    this.#from = this.screen.length
    this.#child.stdin?.write(keys)
  }

  /** Waits for a text in what came since the last keys; gives all of that. */
  async shows(text: RegExp, meaning: string): Promise<string> {
    const since = () => this.screen.slice(this.#from)
    await soon(() => text.test(since()), 200)
    claim(text.test(since()), meaning, quote(since()))
    return since()
  }

  async status(): Promise<number> {
    const code = await patiently(this.#closed, 200)
    claim(
      code !== undefined,
      'the container to end',
      `it goes on; the screen shows ${quote(this.screen)}`,
    )
    return code
  }

  async close(): Promise<void> {
    const started = this.#child.pid === undefined ? [] : [...descendants(this.pid), this.pid]
    for (const pid of started) killPid(pid)
    await this.#closed.catch(() => undefined)
  }
}

/** Lets a person sit at an interactive shell in a container, behind its first prompt. */
export async function atTerminal(
  target: Target,
  act: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const terminal = new Terminal(target, ['/bin/sh'])
  try {
    terminal.type('echo re""ady\n')
    await terminal.shows(/^ready$/m, 'an interactive shell at a terminal')
    await act(terminal)
    terminal.type('exit 5\n')
    const status = await terminal.status()
    const seen = `${status}; the screen shows ${quote(terminal.screen)}`
    claim(status === 5, 'status 5 of `exit 5`', seen)
  } finally {
    await terminal.close()
  }
}

/** Waits for the `sleep` that was typed to be in a state. */
export async function foreground(
  terminal: Terminal,
  state: RegExp,
  meaning: string,
): Promise<void> {
  const seen = () => {
    const pid = descendants(terminal.pid).find((pid) => argv(pid)[0] === 'sleep')
    return pid === undefined ? 'no such process' : (status(pid, 'State') ?? 'gone')
  }
  await soon(() => state.test(seen()))
  claim(state.test(seen()), meaning, `${seen()}; the screen shows ${quote(terminal.screen)}`)
}
