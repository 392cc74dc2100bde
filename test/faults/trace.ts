// Runs of a step with a tracer at one of its places, which sees its calls or makes one fail.
import { execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { HarnessError } from '../harness/claim'
import { argv, descendants, killPid, status, threads, tryRead } from '../harness/proc'
import { type Ended, newToken, type Started, type Target } from '../harness/target'
import { until } from '../harness/waiting'

/**
 * `run` and `child` from the first line of main.ts; `exec` is the child between clone and its exec,
 * `wait` the thread of run that waits for the child's end, `helper` a program that run starts.
 */
export type Place = 'run' | 'child' | 'exec' | 'wait' | `helper ${number}`

/** One fault: the n-th such call at the place. An error by its name, or the signal KILL. */
export type Fault = { place: Place; call: string; when: number; error: string }

export type Traced = Ended & { trace: string }

/** What every run's command writes, and its status. */
export const normal = { stdout: 'up\n', status: 7 }
const script = 'echo up; read -r line; exit 7'

const helpers = ['ip', 'nft', 'nsenter', 'sysctl', 'iptables']

export class Tracer {
  readonly #target: Target
  readonly #folder: string

  /** In an empty folder. */
  constructor(target: Target, folder: string) {
    this.#target = target
    this.#folder = folder
    execFileSync('mkfifo', [this.#at('fifo')])
    fs.mkdirSync(this.#at('bin'))
    for (const name of helpers)
      fs.symlinkSync(path.join(__dirname, 'helper.sh'), this.#at(`bin/${name}`))
  }

  /** How many helper programs the last run started. */
  get helpers(): number {
    return (tryRead(this.#at('helpers')) ?? '').length
  }

  /** What the last run's tracer saw. */
  get trace(): string {
    return tryRead(this.#at('trace')) ?? ''
  }

  /** Runs the step with this fault, or without one: then the trace has all calls at the place. */
  async run(place: Place, fault?: Fault): Promise<Traced> {
    for (const name of ['paused', 'helpers', 'trace']) fs.rmSync(this.#at(name), { force: true })
    const options = ['-o', this.#at('trace'), '-s', '80', ...(fault ? inject(fault) : [])]
    const env = {
      NODE_OPTIONS: `--require ${path.join(__dirname, 'pause.cjs')}`,
      FAULTS_FOLDER: this.#folder,
      FAULTS_PLACE: place,
      FAULTS_TRACE: options.join(' '),
    }
    const started = this.#target.start(['/bin/sh', '-c', script, newToken()], { env })
    try {
      const tracer = place.startsWith('helper')
        ? undefined
        : await this.#attach(place, started, options)
      started.child.stdin?.end('go\n')
      const ended = await started.ended()
      await tracer?.()
      return { ...ended, trace: this.trace }
    } finally {
      await started.kill()
    }
  }

  /** Gives a function that waits for the tracer's end. */
  async #attach(place: Place, started: Started, options: string[]) {
    const pid = await this.#find(place, started)
    if (pid === undefined) return async () => {} // it ended too soon: the verdict tells
    const strace = spawn('strace', ['-p', `${pid}`, ...options], { stdio: 'ignore' })
    const isOver = () => strace.exitCode !== null || strace.signalCode !== null
    await until(() => isOver() || (status(pid, 'TracerPid') ?? '0') !== '0')
    if (place !== 'wait') await until(() => this.#release() || isOver())
    return async () => {
      if (!(await until(isOver, 5000))) killPid(strace.pid)
    }
  }

  /** The thread to trace, once it waits. */
  async #find(place: Place, started: Started): Promise<number | undefined> {
    const find = () => (place === 'wait' ? waiting(started) : this.#paused(place, started))
    const found = await until(() => find() ?? !started.running)
    return typeof found === 'number' ? found : undefined
  }

  #paused(place: Place, started: Started): number | undefined {
    const said = Number(tryRead(this.#at('paused')))
    if (!said) return undefined
    // The child only knows its pid in its own namespace.
    const isChild = (pid: number) => argv(pid).includes('child')
    const pid = place === 'child' ? descendants(started.pid).find(isChild) : said
    return pid !== undefined && isBlocked(pid) ? pid : undefined
  }

  /** Opens the fifo for writing; false if nobody reads it at this moment. */
  #release(): boolean {
    const flags = fs.constants.O_WRONLY | fs.constants.O_NONBLOCK
    try {
      fs.closeSync(fs.openSync(this.#at('fifo'), flags))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false
      throw error
    }
  }

  #at(name: string): string {
    return path.join(this.#folder, name)
  }
}

const inject = ({ call, when, error }: Fault) => {
  const what = error === 'KILL' ? 'signal=KILL' : `error=${error}`
  return ['-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${when}`]
}

const isBlocked = (pid: number) => {
  const call = tryRead(`/proc/${pid}/syscall`)
  return call !== undefined && !/^(running|-1)/.test(call)
}

/** The thread that waits in poll(2) or ppoll(2), when the command is there. */
function waiting(started: Started): number | undefined {
  if (!started.stdout.includes(normal.stdout)) return undefined
  const [poll, ppoll] = process.arch === 'x64' ? [7, 271] : [73, 73]
  const isPoll = (thread: string) =>
    [poll, ppoll].includes(Number((tryRead(`${thread}/syscall`) ?? '').split(' ')[0]))
  const found = threads(started.pid).find(isPoll)
  return found === undefined ? undefined : Number(path.basename(found))
}

/**
 * What memory, threads, signals and time need, and the end of a helper's input: the engine's calls,
 * which no program can answer.
 */
const engine = new RegExp(
  `^(${[
    'm(map|unmap|remap|protect|advise)|brk|futex|membarrier|pkey_.*|arch_prctl|prlimit64',
    'sched_.*|clock_.*|nanosleep|restart_syscall|getrandom|getrusage|sysinfo|uname|times|umask',
    'get(p|t|pp|pg|s|u|g|eu|eg)id|getpgrp|capget|rt_sig.*|sigaltstack|rseq|set_(robust|tid).*',
    'epoll_.*|poll|ppoll|exit|exit_group|wait4|shutdown',
  ].join('|')})$`,
)

/**
 * With an eventfd or a byte in a pipe, the engine's threads wake each other; with 16 bytes, its
 * signal handler tells the loop. When one of these fails, the engine aborts.
 */
const wakeUps = [
  /^(read|write)\(\d+, ("\\1(\\0){7}"|"\*", 1\)|.*(\\0){7}", (16|512)\) += 16$)/,
  /^read\(\d+, 0x\w+, (1|8|512|1024)\) += -1 /,
]
export const isWakeUp = (line: string) => wakeUps.some((form) => form.test(line))

/** A call of a trace: which one it is of its name, counted from the tracer's first look. */
export type Call = { call: string; when: number; line: string }

/** The calls in a trace that a program makes by itself. */
export function callsOf(place: Place, trace: string): Call[] {
  const counts = new Map<string, number>()
  const calls = trace.split('\n').flatMap((line) => {
    const call = /^(\w+)\(/.exec(line)?.[1]
    if (call === undefined) return []
    counts.set(call, (counts.get(call) ?? 0) + 1)
    return [{ call, when: counts.get(call) as number, line }]
  })
  return calls
    .slice(begin(place, calls), end(place, calls))
    .filter(({ call, line }) => !engine.test(call) && !isWakeUp(line))
}

/** Where the program begins: behind the pause, or behind what loads a helper's libraries. */
function begin(place: Place, calls: Call[]): number {
  if (place === 'exec' || place === 'wait') return 0
  const mark = place.startsWith('helper') ? /^munmap/ : /the-program-begins-here/
  const at = calls.findIndex(({ line }) => mark.test(line))
  if (at === -1) throw new HarnessError(`the trace of ${place} doesn't show where it begins`)
  return at + 1
}

/** Where another program begins, such as the container's command. */
function end(place: Place, calls: Call[]): number | undefined {
  const from = begin(place, calls)
  const at = calls.slice(from).findIndex(({ line }) => /^execve\(.* = 0$/.test(line))
  return at === -1 ? undefined : from + at + 1
}
