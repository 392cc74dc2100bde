// Small programs around native/, each a Node of its own: what changes a process changes none of the test runner's.
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { alive, killPid, until } from '../harness/proc'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

export const isRoot = process.geteuid?.() === 0
if (!isRoot) console.log('Skipped: what needs root (namespaces, mounts, devices).')

export type Failed = {
  name: string
  message: string
  errno?: number
  code?: string
  syscall?: string
  path?: string
  dest?: string
  hint?: string
}

/** What the function of a program is given. */
export type Tools = {
  native: typeof import('./all')
  fs: typeof import('node:fs')
  path: typeof import('node:path')
  workers: typeof import('node:worker_threads')
  childProcess: typeof import('node:child_process')
  /** Hands a value to the test at once. */
  say(value: unknown): void
  /** The error that an act throws; null when it throws none. */
  failure(act: () => unknown): Failed | null
  /** The same of one that rejects. */
  rejection(act: Promise<unknown>): Promise<Failed | null>
  /** Waits until the function gives something true; throws after five seconds, later on a slow machine. */
  until(ask: () => unknown): Promise<void>
  /** A field of /proc/PID/status; empty when the process is gone. */
  status(pid: number | 'self', field: string): string
  /** Children of this process that have ended and were not waited for. */
  zombies(): string[]
  /** Whether the process has a handler for the signal. */
  handles(pid: number, signal: number): boolean
}

// Written out for the other Node: no name of this file may be used in it.
function tools(slowness: number): Tools {
  const fs = require('node:fs') as typeof import('node:fs')
  const show = (error: Failed): Failed => {
    const { name, message, errno, code, syscall, path, dest, hint } = error
    return { name, message, errno, code, syscall, path, dest, hint }
  }
  const status = (pid: number | 'self', field: string) => {
    try {
      const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
      return text.match(new RegExp(`^${field}:\\s*(.*)$`, 'm'))?.[1] ?? ''
    } catch {
      return ''
    }
  }
  return {
    native: require('./test/native/all.ts'),
    fs,
    path: require('node:path'),
    workers: require('node:worker_threads'),
    childProcess: require('node:child_process'),
    say: (value) => {
      fs.writeSync(3, `${JSON.stringify(value)}\n`)
    },
    failure: (act) => {
      try {
        act()
      } catch (error) {
        return show(error as Failed)
      }
      return null
    },
    rejection: (act) => act.then(() => null, show),
    until: async (ask) => {
      for (const end = Date.now() + 5000 * slowness; !ask(); ) {
        if (Date.now() > end) throw new Error(`waited in vain for ${ask}`)
        await new Promise((done) => setTimeout(done, 5))
      }
    },
    status,
    zombies: () =>
      fs
        .readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
        .split(' ')
        .filter((pid) => status(Number(pid), 'State').startsWith('Z')),
    handles: (pid, signal) =>
      ((BigInt(`0x${status(pid, 'SigCgt') || 0}`) >> BigInt(signal - 1)) & 1n) === 1n,
  }
}

export type Options = {
  /** What comes before `node` on the command line, such as `unshare --mount`. */
  wrap?: string[]
  /** Put on standard input, which then ends. */
  stdin?: string
  env?: NodeJS.ProcessEnv
  /** At a terminal of its own, made by script(1): standard input stays open, for type(). */
  terminal?: boolean
  stdio?: StdioOptions
}

export class Program<Said = unknown> {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly said: Said[] = []
  readonly closed: Promise<void>

  constructor(
    code: string,
    { wrap = [], stdin = '', env = process.env, terminal, stdio }: Options,
  ) {
    const words = [...wrap, process.execPath, '--require', 'tsx/cjs', '-e', code]
    const [file, ...args] = terminal ? atTerminal(words) : words
    this.child = spawn(file as string, args, {
      cwd: repository,
      env: terminal ? { ...env, SHELL: '/bin/sh', TERM: 'vt100' } : env,
      stdio: stdio ?? ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    let said = ''
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.child.stdio[3]?.on('data', (chunk: Buffer) => {
      const lines = (said + chunk).split('\n')
      said = lines.pop() ?? ''
      this.said.push(...lines.map((line) => JSON.parse(line)))
    })
    this.child.stdin?.on('error', () => {})
    if (!terminal) this.child.stdin?.end(stdin)
    this.closed = new Promise((done, failed) => {
      this.child.once('error', failed)
      this.child.once('close', () => done())
    })
    this.closed.catch(() => {})
  }

  get pid(): number {
    return this.child.pid as number
  }

  type(keys: string): void {
    this.child.stdin?.write(keys)
  }

  /** The exit status, 128 + n after a signal as in a shell. */
  async end(within = 10_000): Promise<number | string | null> {
    let closed = false
    const watch = this.closed.then(() => {
      closed = true
    })
    if (!(await Promise.race([watch.then(() => true), until(() => closed, within)]))) {
      killPid(this.pid)
      throw new Error(`the program did not end within ${within * slowness} ms: ${this.stderr}`)
    }
    return this.child.signalCode ?? this.child.exitCode
  }

  /** Waits for the n-th value that the program says. */
  async says(count = 1): Promise<Said> {
    await until(() => this.said.length >= count || this.child.exitCode !== null, 10_000)
    if (this.said.length < count) {
      if (alive(this.pid)) killPid(this.pid)
      throw new Error(`the program said nothing: ${this.stdout}${this.stderr}`)
    }
    return this.said[count - 1]
  }
}

function atTerminal(words: string[]): string[] {
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return ['script', '--quiet', '--return', '--command', `exec ${command}`, '/dev/null']
}

/** Starts a Node that calls the function, which must use nothing but what it is given. */
export function start<Given, Said = unknown>(
  act: (tools: Tools, given: Given) => unknown,
  given?: Given,
  options: Options = {},
): Program<Said> {
  // The loader loads a part of itself a moment after the start: before a program may move away its root.
  const code = `const tools = (${tools})(${slowness}); new Promise(setImmediate).then(() => (${act})(tools, ${JSON.stringify(given ?? null)}))
    .then((value) => value === undefined || tools.say(value))`
  return new Program<Said>(code, options)
}

/** What such a function returns, and what the program wrote. */
export async function run<Given, Returned>(
  act: (tools: Tools, given: Given) => Returned,
  given?: Given,
  options: Options = {},
): Promise<{ value: Awaited<Returned>; stdout: string; stderr: string }> {
  const program = start<Given, Awaited<Returned>>(act, given, options)
  const status = await program.end(20_000)
  if (status !== 0)
    throw new Error(
      `the program ended with ${status}: ${program.stderr.slice(-2000).replaceAll(' at ', ' in ')}`,
    )
  return {
    value: program.said.at(-1) as Awaited<Returned>,
    stdout: program.stdout,
    stderr: program.stderr,
  }
}
