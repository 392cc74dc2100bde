// A container at a terminal of its own, made by script(1): what a person sees and types.
import { type ChildProcess, spawn } from 'node:child_process'
import { descendants, killPid, until } from './proc'
import { claim, HarnessError, quote } from './claim'
import type { StartOptions, Target } from './target'
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
  async shows(text: RegExp, meaning: string, within = 6000): Promise<string> {
    const since = () => this.screen.slice(this.#from)
    await until(() => text.test(since()), within)
    claim(text.test(since()), meaning, quote(since()))
    return since()
  }

  async status(within = 5000): Promise<number> {
    const code = await Promise.race([this.#closed, until(() => false, within)])
    claim(
      typeof code === 'number',
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
