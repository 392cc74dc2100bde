// A container that was started: what it writes, how it ends, and ending it.
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { claim, HarnessError, quote } from './claim'
import { outcome } from './outcome'
import { descendants, killPid, quickDescendants, status, withArgv, withToken } from './proc'
import { patiently, soon, until } from './waiting'
import { shown } from '../../tools/setup/programs.mjs'

export type Ended = {
  /** As a shell would say it: 128+n if signal n ended the run process. */
  status: number
  /** The signal that ended the run process itself. */
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: string
}

/** The words that start a command at a new terminal, which script(1) makes. */
export const atNewTerminal = (words: string[]) => [
  ...['script', '--quiet', '--return', '--command', `exec ${shown(words)}`, '/dev/null'],
]

/** What script(1), and a shell at its terminal, find in the environment. */
export const terminalVariables = { SHELL: '/bin/sh', TERM: 'vt100' }

export class Started {
  readonly child: ChildProcess
  readonly command: string[]
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #ended: Promise<Ended>
  readonly #exit: Promise<unknown>
  #next = Promise.resolve()
  #wake = () => {}

  constructor(child: ChildProcess, command: string[]) {
    this.child = child
    this.command = command
    child.stdout?.on('data', (chunk) => this.#heard(this.#out, chunk))
    child.stderr?.on('data', (chunk) => this.#heard(this.#err, chunk))
    this.#exit = new Promise((done) => child.once('exit', done))
    this.#listen()
    child.stdin?.on('error', () => {}) // a command that doesn't read its input: EPIPE
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(new HarnessError(`cannot start ${child.spawnfile}: ${error.message}`)),
      )
      child.once('close', (code, signal) =>
        resolve({
          status: code ?? 128 + constants.signals[signal as NodeJS.Signals],
          signal,
          stdout: Buffer.concat(this.#out),
          stderr: this.stderr,
        }),
      )
    })
    this.#ended.catch(() => {})
  }

  #heard(all: Buffer[], chunk: Buffer): void {
    all.push(chunk)
    this.#wake()
    this.#listen()
  }

  #listen(): void {
    this.#next = new Promise((done) => {
      this.#wake = done
    })
  }

  /** Comes with the next output, or the end. */
  readonly changed = () => Promise.race([this.#next, this.#exit])

  /** Comes when the run process has ended. */
  readonly gone = () => this.#exit

  /** The pid of the run process. */
  get pid(): number {
    if (this.child.pid === undefined) throw new HarnessError(`cannot start ${this.child.spawnfile}`)
    return this.child.pid
  }

  get stdout(): string {
    return Buffer.concat(this.#out).toString()
  }

  get stderr(): string {
    return Buffer.concat(this.#err).toString()
  }

  /** Whether the run process is there. */
  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** How it ended, and everything it wrote. Not to end counts against the program. */
  async ended(starts = 300): Promise<Ended> {
    const result = await patiently(this.#ended, starts)
    claim(result !== undefined, `\`run ${this.command.join(' ')}\` to end`, this.#stillHere())
    return result
  }

  /** Waits for the run process to be gone: what it left may still hold its streams. */
  async exited(): Promise<void> {
    await soon(() => !this.running, 300, this.gone)
    claim(!this.running, `\`run ${this.command.join(' ')}\` to end`, this.#stillHere())
  }

  /** Waits for it to have written something; a run that ends without it counts against it. */
  async says(text: string | RegExp, meaning: string): Promise<RegExpMatchArray> {
    const match = () => this.stdout.match(text)
    await soon(() => match() || !this.running, 300, this.changed)
    const found = match()
    claim(found !== null, meaning, this.running ? this.#stillHere() : quote(this.stderr))
    return found
  }

  #stillHere(): string {
    const errors = quote(this.stderr)
    return `it is still running; it wrote ${quote(this.stdout)} and on stderr ${errors}`
  }

  /** The pid, as the host counts, of the contained command. */
  async commandPid(): Promise<number> {
    // To ask about all processes of the machine costs ten times as much.
    const mine = () => withArgv(this.command, quickDescendants(this.pid))
    await soon(() => mine() || !this.running, 300)
    const found = mine() ?? withArgv(this.command)
    claim(
      found !== undefined,
      `a process that is exactly \`${this.command.join(' ')}\``,
      `no such process on the host; the program said ${quote(this.stderr)}`,
    )
    return found
  }

  /** Ends what is contained, so that the run process cleans up and ends; then whatever is left. */
  async kill(): Promise<void> {
    if (this.running) {
      killPid(this.pid, 'SIGTERM')
      for (const pid of this.#contained()) killPid(pid)
      await outcome(this.pid, () => !this.running, this.gone)
    }
    this.abandon()
    await until(() => !this.running, undefined, this.gone)
    // Whatever is still there may hold their other ends.
    for (const stream of this.child.stdio) stream?.destroy()
  }

  /** Kills it and everything it has started, so that nobody waits for it. */
  abandon(): void {
    const left = this.running ? [this.pid, ...descendants(this.pid)] : []
    for (const pid of [...left, ...this.#marked()]) killPid(pid)
  }

  /** Its descendants in another pid namespace: not the tools that the run process itself needs. */
  #contained(): number[] {
    if (!this.running) return []
    return descendants(this.pid).filter((pid) => /\s/.test(status(pid, 'NSpid') ?? ''))
  }

  /** All that have a token of its command line. */
  #marked(): number[] {
    return withToken(...this.command.filter((word) => word.startsWith('token-')))
  }
}
