// A program under test: starts containers with it, asks them, ends them.
import { execFileSync, spawn, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { hostname } from 'node:os'
import * as path from 'node:path'
import { inHost } from './host'
import { type Namespace, namespace } from './proc'
import { hostLike } from './stand-in'
import type { Sandbox } from './sandbox'
import { HarnessError } from './claim'
import { Live } from './live'
import { atNewTerminal, type Ended, Started, terminalVariables } from './started'
import { at } from '../../tools/setup/project.mjs'
import { needsRoot, steps } from '../../tools/setup/steps.mjs'
import { becoming } from './user'
import { repository, work } from './work'

export type StartOptions = {
  /** Options of `run` before the command, such as `--memory 64M`. */
  options?: string[]
  /** Undefined takes a variable away. */
  env?: Record<string, string | undefined>
  /** A program with arguments that becomes the run process, such as `nsenter -t 1 -n`. */
  wrap?: string[]
  /** The ID of the user who starts it; by default the target's, 0 is root. */
  user?: number
  stdio?: StdioOptions
  cwd?: string
  /** At a new terminal, whose screen is the standard output. */
  terminal?: boolean
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

/** Standard streams, and some descriptors above them, open in the run process. */
const leaking = (leak: number): StdioOptions =>
  Array.from({ length: 252 }, (_, fd) => {
    if (fd < 3) return 'pipe'
    return [3, 40, 251].includes(fd) ? leak : 'ignore'
  })

/** A unique word for a container's command line, to find its processes on the host by. */
export const newToken = () => `token-${randomBytes(6).toString('hex')}`

export { type Ended, Live, Started, steps }

/** The last step that needs root: later ones make a user namespace. */
export const lastOfRoot = steps()
  .filter((name) => needsRoot(`steps/${name}/main.ts`))
  .at(-1) as string

export class Target {
  readonly main: string
  readonly name: string
  /** The name of the host that containers run on, before any ran. */
  hostNameBefore = hostname()
  /** The root file system of its containers. */
  rootfs = work().rootfs
  /** Who starts its containers: 0 is root. */
  user = 0
  /** More variables for its programs, whatever else they get. */
  variables: Record<string, string> = {}
  /** Where its compiled files are, if the judge has compiled it: see steps/shared/loader.cjs. */
  compiled: string | undefined
  #live: Promise<Live> | undefined
  #started = new Set<Started>()
  #host: Sandbox | undefined
  /** Whether the program knows options: asked once, also for its other targets. */
  #known: { options?: Promise<boolean> } = {}

  constructor(main: string) {
    this.main = path.resolve(repository, main)
    this.name = path.relative(repository, this.main)
    if (!existsSync(this.main)) throw new HarnessError(`there is no program ${this.main}`)
  }

  static step(name: string): Target {
    return new Target(path.join('steps', name, 'main.ts'))
  }

  /** The same program, for another host. */
  another(): Target {
    const other = new Target(this.main)
    other.rootfs = this.rootfs
    other.compiled = this.compiled
    other.#known = this.#known
    return other
  }

  /** The command line that runs a container. */
  commandLine(command: string[], { options = [], verb = ['run'] }: StartOptions = {}): string[] {
    // A step starts as with `npm start`: from what the set-up has compiled, if that is current.
    const isStep = this.name.startsWith('steps/')
    const isCompiled = isStep || this.compiled !== undefined
    const loader = isCompiled ? at('steps', 'shared', 'loader.cjs') : require.resolve('tsx/cjs')
    return [process.execPath, '--require', loader, this.main, ...verb, ...options, ...command]
  }

  environment(extra: StartOptions['env'] = {}): Record<string, string | undefined> {
    return {
      PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      TERM: 'dumb',
      ROOTFS: this.rootfs,
      TMPDIR: work().temporary,
      FOO: 'secret',
      ...extra,
      ...this.variables,
      ...(this.compiled && { CONTAINER_COMPILED: this.compiled }),
    }
  }

  start(command: string[], options: StartOptions = {}): Started {
    const { wrap = [], terminal, user = this.user } = options
    const words = [...wrap, ...this.commandLine(command, options)]
    const begin = [...this.onHost(), ...(user === 0 ? [] : becoming(user))]
    const [file, ...args] = [...begin, ...(terminal ? atNewTerminal(words) : words)]
    const child = spawn(file as string, args, {
      cwd: options.cwd ?? repository,
      env: this.environment({ ...options.env, ...(terminal && terminalVariables) }),
      stdio: options.stdio ?? 'pipe',
    })
    const started = new Started(child, command)
    this.#started.add(started)
    return started
  }

  /** Runs a command in a container to its end. */
  async run(
    command: string[],
    options: StartOptions & { stdin?: string | Buffer } = {},
  ): Promise<Ended> {
    const started = this.start(command, options)
    try {
      started.child.stdin?.end(options.stdin)
      return await started.ended()
    } finally {
      await started.kill()
    }
  }

  /** From now on containers run on a stand-in host; gives the pid to enter it by. */
  async ownHost(host?: Sandbox): Promise<number> {
    if (this.#host === undefined) {
      await this.endLive()
      // It has the machine's name at first.
      this.#host = host ?? (await hostLike(this.rootfs))
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

  /** The host's name now. */
  hostName(): string {
    const [file, ...args] = [...this.onHost(), 'uname', '-n'] as string[]
    return execFileSync(file as string, args, { encoding: 'utf8' }).trim()
  }

  async endLive(): Promise<void> {
    const live = await this.#live?.catch(() => undefined)
    this.#live = undefined
    await live?.end()
  }

  /** A shell in a container that answers questions, shared by all claims. */
  live(): Promise<Live> {
    this.#live ??= this.shell()
    return this.#live
  }

  get hasLive(): boolean {
    return this.#live !== undefined
  }

  async shell(options: StartOptions = {}): Promise<Live> {
    const token = newToken()
    const leak = openSync(work().hostMarker, 'r')
    try {
      const started = this.start(['/bin/sh', '-s', token], {
        stdio: leaking(leak),
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

  /** These options if the program knows any: an early step is judged without them. */
  async known(options: string[]): Promise<string[]> {
    const all = ['--memory', '64M', '--pids', '64', '--cpus', '1']
    this.#known.options ??= this.run(['/bin/true'], { options: all }).then(
      (ended) => ended.status === 0,
    )
    return (await this.#known.options) ? options : []
  }

  /** Ends everything that was started and is still there. */
  async close(): Promise<void> {
    // What is left on a stand-in host goes with it.
    await this.settle(this.#host === undefined)
    await this.#host?.close()
    this.#host = undefined
  }

  /** Ends everything at once, so that nobody waits for it. */
  abandon(): void {
    for (const started of this.#started) started.abandon()
    // What still asks the host something gets no answer.
    void this.#host?.close()
  }

  async settle(sweep = true): Promise<void> {
    await this.endLive()
    await Promise.all([...this.#started].map((started) => started.kill()))
    const killed = [...this.#started].some((started) => started.child.signalCode === 'SIGKILL')
    this.#started.clear()
    // What a killed run process leaves on the host, such as a cgroup, the next one removes.
    if (killed && sweep) await this.sweep()
  }

  /** A run that only removes what a killed one left. */
  async sweep(): Promise<void> {
    await this.run(['/bin/true'])
  }
}
