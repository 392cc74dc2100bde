// A program under test: starts containers with it, asks them, ends them.
import { type ChildProcess, execFileSync, spawn, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { constants, hostname } from 'node:os'
import * as path from 'node:path'
import { inHost } from './host'
import { killPid, type Namespace, namespace, until, withArgv, withToken } from './proc'
import { hostLike } from './stand-in'
import type { Sandbox } from './sandbox'
import { claim, HarnessError, quote } from './claim'
import { slowness } from './slowness'
import { steps } from '../../tools/setup/steps.mjs'
import { repository, work } from './work'

export type Ended = {
  /** As a shell would say it: of a run process that a signal ended 128+n. */
  status: number
  /** The signal which ended the run process itself. */
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: string
}

export type StartOptions = {
  /** Options of `run` before the command, such as `--memory 64M`. */
  options?: string[]
  env?: Record<string, string>
  /** A program with arguments which starts the run process by exec, such as `nsenter -t 1 -n`. */
  wrap?: string[]
  stdio?: StdioOptions
  cwd?: string
  /** The verb, for the tests of bad input. */
  verb?: string[]
}

/** Variables of the host that no container may see. */
export const decoys = {
  AWS_SECRET_ACCESS_KEY: 'secret',
  LD_PRELOAD: '',
  NODE_OPTIONS: '',
  SUDO_USER: 'me',
}

/** Standard streams, and descriptors above them that are open in the run process. */
function leaking(leak: number): StdioOptions {
  const stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'pipe', leak]
  for (const high of [40, 251]) {
    while (stdio.length < high) stdio.push('ignore')
    stdio.push(leak)
  }
  return stdio
}

/** Unique for each container: a word of its command line by which the host's side finds it. */
export const newToken = () => `token-${randomBytes(6).toString('hex')}`

export { steps }

export class Target {
  readonly main: string
  readonly name: string
  /** The name of the host that containers run on, before any did. */
  hostNameBefore = hostname()
  #live: Promise<Live> | undefined
  #started = new Set<Started>()
  #host: Sandbox | undefined
  #hasOptions: Promise<boolean> | undefined

  constructor(main: string) {
    this.main = path.resolve(repository, main)
    this.name = path.relative(repository, this.main)
    if (!existsSync(this.main)) throw new HarnessError(`there is no program ${this.main}`)
  }

  static step(name: string): Target {
    return new Target(path.join('steps', name, 'main.ts'))
  }

  /** The command line which runs a container. */
  commandLine(command: string[], { options = [], verb = ['run'] }: StartOptions = {}): string[] {
    return [
      process.execPath,
      '--require',
      require.resolve('tsx/cjs'),
      this.main,
      ...verb,
      ...options,
      ...command,
    ]
  }

  environment(extra: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      TERM: 'dumb',
      ROOTFS: work().rootfs,
      TMPDIR: work().temporary,
      FOO: 'secret',
      ...extra,
    }
  }

  start(command: string[], options: StartOptions = {}): Started {
    const [file, ...args] = [
      ...this.onHost(),
      ...(options.wrap ?? []),
      ...this.commandLine(command, options),
    ]
    const child = spawn(file as string, args, {
      cwd: options.cwd ?? repository,
      env: this.environment(options.env),
      stdio: options.stdio ?? 'pipe',
    })
    const started = new Started(child, command)
    this.#started.add(started)
    return started
  }

  /** Runs a command in a container to its end. */
  async run(
    command: string[],
    options: StartOptions & { stdin?: string | Buffer; within?: number } = {},
  ): Promise<Ended> {
    const started = this.start(command, options)
    try {
      started.child.stdin?.end(options.stdin)
      return await started.ended(options.within)
    } finally {
      await started.kill()
    }
  }

  /** From now on containers run on a host made for the tests, with a network of its own: the pid to enter it by. */
  async ownHost(): Promise<number> {
    if (this.#host === undefined) {
      await this.endLive()
      this.#host = await hostLike()
      this.hostNameBefore = this.hostName()
    }
    return this.#host.pid
  }

  /** The words before a command that make it run on the host that containers run on. */
  onHost(): string[] {
    return inHost(this.#host?.pid)
  }

  /** A namespace of the host that containers run on. */
  outside(kind: Namespace): string {
    return namespace(this.#host?.pid ?? 'self', kind)
  }

  /** The present name of that host. */
  hostName(): string {
    const [file, ...args] = [...this.onHost(), 'uname', '-n'] as string[]
    return execFileSync(file as string, args, { encoding: 'utf8' }).trim()
  }

  async endLive(): Promise<void> {
    const live = await this.#live?.catch(() => undefined)
    this.#live = undefined
    await live?.end()
  }

  /** A shell in a container which answers questions; one for all who ask for no special one. */
  live(): Promise<Live> {
    this.#live ??= this.shell()
    return this.#live
  }

  async shell(options: StartOptions = {}): Promise<Live> {
    const token = newToken()
    const leak = openSync(work().hostMarker, 'r')
    try {
      const stdio = leaking(leak)
      const started = this.start(['/bin/sh', '-s', token], {
        stdio,
        ...options,
        env: { ...decoys, ...options.env },
      })
      const live = new Live(started, token)
      await live.up()
      return live
    } finally {
      closeSync(leak)
    }
  }

  /** These options if the program has options: one of an earlier step is judged without them. */
  async known(options: string[]): Promise<string[]> {
    const all = ['--memory', '64M', '--pids', '64', '--cpus', '1']
    this.#hasOptions ??= this.run(['/bin/true'], { options: all }).then(
      (ended) => ended.status === 0,
    )
    return (await this.#hasOptions) ? options : []
  }

  /** Ends everything that was started and is still there. */
  async close(): Promise<void> {
    // What is left on a host made for the tests goes with it.
    await this.settle(this.#host === undefined)
    await this.#host?.close()
    this.#host = undefined
  }

  /** Ends everything at once: whoever waits for it is told that it ended. */
  abandon(): void {
    for (const { child } of this.#started) child.kill('SIGKILL')
  }

  async settle(sweep = true): Promise<void> {
    await this.endLive()
    await Promise.all([...this.#started].map((started) => started.kill()))
    const killed = [...this.#started].some((started) => started.child.signalCode === 'SIGKILL')
    this.#started.clear()
    // What is on the host by name, such as a cgroup, stays there when a run process is killed; the next one removes it.
    if (killed && sweep) await this.sweep()
  }

  /** A run that does nothing but remove what a killed one left. */
  async sweep(): Promise<void> {
    await this.run(['/bin/true'])
  }
}

/** A container that was started. */
export class Started {
  readonly child: ChildProcess
  readonly command: string[]
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #ended: Promise<Ended>

  constructor(child: ChildProcess, command: string[]) {
    this.child = child
    this.command = command
    child.stdout?.on('data', (chunk) => this.#out.push(chunk))
    child.stderr?.on('data', (chunk) => this.#err.push(chunk))
    child.stdin?.on('error', () => {}) // a command that does not read its input: EPIPE
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(new HarnessError(`cannot start ${child.spawnfile}: ${error.message}`)),
      )
      child.once('close', (code, signal) =>
        resolve({
          status: code ?? 128 + signalNumber(signal as NodeJS.Signals),
          signal,
          stdout: Buffer.concat(this.#out),
          stderr: this.stderr,
        }),
      )
    })
    this.#ended.catch(() => {})
  }

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

  /** How it ended; it counts against the program when that takes longer than some seconds. */
  async ended(within = 15_000): Promise<Ended> {
    const result = await withTimeout(this.#ended, within)
    claim(
      result !== undefined,
      `\`run ${this.command.join(' ')}\` to end within ${(within / 1000) * slowness} s`,
      `it still runs; it wrote ${quote(this.stdout)} and on stderr ${quote(this.stderr)}`,
    )
    return result
  }

  /** The pid, as the host counts, of the contained command. */
  async commandPid(within = 10_000): Promise<number> {
    const found = await until(() => withArgv(this.command) ?? this.child.exitCode !== null, within)
    claim(
      typeof found === 'number',
      `a process that is exactly \`${this.command.join(' ')}\``,
      `no such process on the host; the program said ${quote(this.stderr)}`,
    )
    return found
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Ends the run process, with the time to clean up, and what carries a token of its command line. */
  async kill(): Promise<void> {
    if (this.running) {
      killPid(this.pid, 'SIGTERM')
      await withTimeout(this.#ended, 3500)
    }
    if (this.running) killPid(this.pid)
    for (const word of this.command.filter((word) => word.startsWith('token-'))) {
      for (const pid of withToken(word)) killPid(pid)
    }
    await withTimeout(this.#ended, 3000)
    this.child.stdin?.destroy()
    this.child.stdout?.destroy()
    this.child.stderr?.destroy()
  }
}

/** A container with a shell as its command, `sh -s TOKEN`, which reads questions from its stdin. */
export class Live {
  readonly started: Started
  readonly token: string
  /** The pid of the shell on the host. */
  pid = 0
  #asked = 0
  #queue: Promise<unknown> = Promise.resolve()

  constructor(started: Started, token: string) {
    this.started = started
    this.token = token
  }

  /** The pid of the run process. */
  get runPid(): number {
    return this.started.pid
  }

  async up(): Promise<void> {
    const { status, output } = await this.ask('echo up', 20_000)
    claim(status === 0 && output === 'up', 'a shell in the container', quote(output))
    this.pid = await this.started.commandPid()
  }

  /** Lets the shell do something; gives what it wrote on stdout and stderr. */
  ask(script: string, within = 8000): Promise<{ status: number; output: string }> {
    const answer = this.#queue.then(() => this.#ask(script, within))
    this.#queue = answer.catch(() => {})
    return answer
  }

  async #ask(script: string, within: number): Promise<{ status: number; output: string }> {
    const { child } = this.started
    const mark = `<${this.token} ${++this.#asked} `
    const from = this.started.stdout.length
    child.stdin?.write(`{\n${script}\n} 2>&1\nprintf '\\n%s%s>\\n' '${mark}' $?\n`)
    const answer = await until(() => {
      const text = this.started.stdout.slice(from)
      const at = text.indexOf(mark)
      if (at >= 0 && text.indexOf('>', at) > 0) return { text, at }
      return !this.started.running
    }, within)
    claim(
      typeof answer === 'object',
      `a shell in the container that answers to \`${script}\``,
      `${this.started.running ? 'no answer' : 'its end'}; it wrote ${quote(this.started.stdout.slice(from))} and on stderr ${quote(this.started.stderr)}`,
    )
    return {
      status: Number(
        /\d+$/.exec(answer.text.slice(answer.at, answer.text.indexOf('>', answer.at)))?.[0],
      ),
      output: answer.text.slice(0, answer.at).trim(),
    }
  }

  /** Lets the shell end by itself, or ends it. */
  async end(): Promise<Ended | undefined> {
    if (this.started.running) this.started.child.stdin?.end()
    const ended = await withTimeout(
      this.started.ended().catch(() => undefined),
      3000,
    )
    await this.started.kill()
    return ended
  }
}

async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds * slowness, undefined)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal] ?? 0
}
