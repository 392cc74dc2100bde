// Every call that a step makes, made to fail, one at a time: what it says then, and what it leaves.
import { AssertionError } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import * as path from 'node:path'
import { differences, inHost, type Snapshot, snapshot } from '../harness/host'
import { Target } from '../harness/target'
import { soon, until } from '../harness/waiting'
import { work } from '../harness/work'
import { type Call, callsOf, type Fault, type Place, type Traced, Tracer } from './trace'
import { judge, type Verdict } from './verdict'

export const errors = ['ENOMEM', 'EPERM', 'EINTR', 'ENOSPC', 'EROFS', 'EACCES', 'KILL']

export type Finding = Fault & {
  line: string
  verdict: Verdict
  /** What is different on the host afterwards, and after one more run. */
  left: string[]
  forGood: string[]
  status: number
  stderr: string
}

/** A step on a host of its own. */
export class Lab {
  readonly #target: Target
  readonly #tracer: Tracer
  #host = 0
  #before: Snapshot = {}

  constructor(step: string) {
    this.#target = Target.step(step)
    this.#tracer = new Tracer(this.#target, mkdtempSync(path.join(work().folder, 'faults-')))
  }

  /** Ends what is left of the host, if there is one, and takes a new one. */
  async renew(): Promise<void> {
    await this.#target.close()
    this.#host = await this.#target.ownHost()
    this.#onHost('mount', '-t', 'tmpfs', 'run', '/run')
    await this.#target.sweep()
    this.#before = this.#look()
  }

  close(): Promise<void> {
    return this.#target.close()
  }

  /** The calls at each place, as a run without a fault makes them. */
  async calls(): Promise<{ place: Place; calls: Call[] }[]> {
    await this.#tracer.run('run')
    const helpers = Array.from({ length: this.#tracer.helpers }, (_, i) => `helper ${i + 1}`)
    const places = ['run', 'exec', 'child', 'wait', ...helpers] as Place[]
    const found = []
    for (const place of places) {
      const { trace } = await this.#tracer.run(place)
      if (trace !== '') found.push({ place, calls: callsOf(place, trace) })
    }
    return found
  }

  async try(fault: Fault): Promise<Finding> {
    const ended = await this.#run(fault)
    const { status, stderr, trace } =
      ended === 'hang' ? { ...hung, trace: this.#tracer.trace } : ended
    const line = /^.*\(INJECTED\)$/m.exec(trace)?.[0] ?? /^\w+\(.*/m.exec(trace)?.[0] ?? ''
    const finding = { ...fault, line, verdict: judge(fault, ended, trace), status, stderr }
    if (ended === 'hang') await this.renew()
    const left = await this.#left()
    if (left.length === 0) return { ...finding, left, forGood: [] }
    await this.#target.sweep()
    const forGood = await this.#left(soon)
    if (forGood.length > 0) await this.renew()
    return { ...finding, left, forGood }
  }

  async #run(fault: Fault): Promise<Traced | 'hang'> {
    try {
      return await this.#tracer.run(fault.place, fault)
    } catch (error) {
      if (error instanceof AssertionError) return 'hang'
      throw error
    }
  }

  /** What is different. A container's network may go a moment after its last process. */
  async #left(patience: typeof soon | typeof until = until): Promise<string[]> {
    let now: string[] = []
    const look = () => {
      now = differences(this.#before, this.#look())
      return now.length === 0
    }
    await (patience === soon ? soon(look) : until(look, 300))
    return now
  }

  #look(): Snapshot {
    const settings = this.#onHost('sysctl', '--all', '--ignore', '--pattern', '^net[.]')
    return {
      ...snapshot(this.#host),
      settings: settings.replace(/^.*(_count|route.flush) =.*$/gm, ''),
      run: this.#onHost('find', '/run'),
    }
  }

  #onHost(...words: string[]): string {
    const [file, ...args] = [...inHost(this.#host), ...words] as [string, ...string[]]
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  }
}

/** A run that had to be given up said nothing that counts. */
const hung = { status: Number.NaN, stderr: '' }

/**
 * The faults of a step: each call on another file once, calls on descriptors the first and the last
 * time, each with one of the errors in turn; or everything.
 */
export function plan(found: { place: Place; calls: Call[] }[], wanted: string[], all: boolean) {
  return found.flatMap(({ place, calls }) =>
    (all ? calls : calls.filter(isDistinct)).flatMap(({ call, when }, i): Fault[] =>
      (all ? wanted : [wanted[i % wanted.length] as string]).map((error) => ({
        place,
        call,
        when,
        error,
      })),
    ),
  )
}

function isDistinct(one: Call, index: number, calls: Call[]): boolean {
  const same = (other: Call) => subject(other) === subject(one)
  const isLast = !one.line.includes('"') && calls.findLastIndex(same) === index
  return isLast || calls.findIndex(same) === index
}

/** The call and the file it's about, whatever numbers are in its name. */
function subject({ call, line }: Call): string {
  return `${call} ${(/"([^"]*)"/.exec(line)?.[1] ?? '').replace(/\d+/g, 'N')}`
}
