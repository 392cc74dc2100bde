// Small programs that use native/, each in a Node process: what they change about their process
// doesn't reach the test runner.
import { spawn, type StdioOptions } from 'node:child_process'
import { vi } from 'vitest'
import { killPid } from '../harness/proc'
import { Started } from '../harness/started'
import { HANG, until } from '../harness/waiting'
import { repository } from '../harness/work'

export const isRoot = process.geteuid?.() === 0
if (!isRoot) console.log('Skipped: tests that need root (namespaces, mounts, devices).')

// Longer than a hang, so that end() can say what hung, and kill it.
vi.setConfig({ testTimeout: 2 * HANG })

export type Failed = {
  name: string
  message: string
  errno?: number
  code?: string
  syscall?: string
  path?: string
  dest?: string
}

/** What the function of a program is called with. */
export type Tools = {
  /** Everything that native/ and steps/shared/ export. */
  native: typeof import('./all')
  fs: typeof import('node:fs')
  workers: typeof import('node:worker_threads')
  childProcess: typeof import('node:child_process')
  /** Sends a value to the test at once. */
  say(value: unknown): void
  /** The error that an act throws; null if it throws none. */
  failure(act: () => unknown): Failed | null
  /** The error that a promise rejects with; null if it resolves. */
  rejection(act: Promise<unknown>): Promise<Failed | null>
  /** Waits until the function returns something true; throws if it never does. */
  until(ask: () => unknown): Promise<void>
  /** A field of /proc/PID/status; empty if the process is gone. */
  status(pid: number | 'self', field: string): string
  /** The name of the program that a process runs. */
  comm(pid: number): string
  /** Children of this process that have ended but were not waited for. */
  zombies(): string[]
  /** Whether the process has a handler for the signal. */
  handles(pid: number, signal: number): boolean
  /** A promise for a child's end, and its pid. */
  started(file: string, args: string[], cloneflags?: number): { end: Promise<number>; pid: number }
}

// Its text goes to the other process, so it must not use any name from this file.
function tools(hang: number): Tools {
  const fs = require('node:fs') as typeof import('node:fs')
  const path = require('node:path') as typeof import('node:path')
  const load = (folder: string) =>
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => require(path.resolve(folder, name)))
  const native = Object.assign(
    {},
    ...['native', 'native/internal', 'steps/shared'].flatMap(load),
  ) as typeof import('./all')
  const show = (error: Failed): Failed => {
    const { name, message, errno, code, syscall, path, dest } = error
    return { name, message, errno, code, syscall, path, dest }
  }
  const read = (file: string) => {
    try {
      return fs.readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  }
  const status = (pid: number | 'self', field: string) =>
    read(`/proc/${pid}/status`).match(new RegExp(`^${field}:\\s*(.*)$`, 'm'))?.[1] ?? ''
  return {
    native,
    fs,
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
      for (const end = Date.now() + hang; !ask(); ) {
        if (Date.now() > end) throw new Error(`waited in vain for ${ask}`)
        await new Promise((done) => setTimeout(done, 5))
      }
    },
    status,
    comm: (pid) => read(`/proc/${pid}/comm`).trim(),
    zombies: () =>
      read(`/proc/self/task/${process.pid}/children`)
        .split(' ')
        .filter((pid) => status(Number(pid), 'State').startsWith('Z')),
    handles: (pid, signal) =>
      ((BigInt(`0x${status(pid, 'SigCgt') || 0}`) >> BigInt(signal - 1)) & 1n) === 1n,
    started: (file, args, cloneflags = 0) => {
      let pid = 0
      const beforeExec = (child: number) => {
        pid = child
      }
      const end = native.spawn(file, args, { cloneflags, beforeExec })
      return { end, pid }
    },
  }
}

export type Options = {
  /** What comes before `node` on the command line, such as `unshare --mount`. */
  wrap?: string[]
  /** Written to standard input, which then ends. With null it stays open. */
  stdin?: string | null
  env?: NodeJS.ProcessEnv
  /** At a new terminal, made by script(1): standard input stays open, for type(). */
  terminal?: boolean
  stdio?: StdioOptions
}

export class Program<Said = unknown> extends Started {
  readonly said: Said[] = []
  #closed = false

  constructor(
    code: string,
    { wrap = [], stdin = '', env = process.env, terminal, stdio }: Options,
  ) {
    const loader = `${repository}/steps/shared/loader.cjs`
    const words = [...wrap, process.execPath, '--require', loader, '-e', code]
    const [file, ...args] = terminal ? atTerminal(words) : words
    const child = spawn(file as string, args, {
      cwd: repository,
      // Without certificates, which Node would read for 50 ms.
      env: {
        ...env,
        NODE_EXTRA_CA_CERTS: undefined,
        ...(terminal && { SHELL: '/bin/sh', TERM: 'vt100' }),
      },
      stdio: stdio ?? ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    super(child, [])
    child.once('close', () => {
      this.#closed = true
    })
    this.#listen()
    if (!terminal && stdin !== null) child.stdin?.end(stdin)
  }

  #listen(): void {
    let rest = ''
    this.child.stdio[3]?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      this.said.push(...lines.map((line) => JSON.parse(line)))
    })
  }

  /** The exit status, or the name of the signal that ended the program. */
  async end(within = HANG): Promise<number | string | null> {
    if (!(await until(() => this.#closed, within))) {
      killPid(this.pid)
      throw new Error(`the program did not end within ${within} ms: ${this.stderr}`)
    }
    return this.child.signalCode ?? this.child.exitCode
  }

  /** Waits for the n-th value that the program says. */
  async tells(count = 1): Promise<Said> {
    await until(() => this.said.length >= count || this.#closed)
    if (this.said.length >= count) return this.said[count - 1] as Said
    if (this.running) killPid(this.pid)
    throw new Error(`the program said nothing: ${this.stdout}${this.stderr}`)
  }
}

function atTerminal(words: string[]): string[] {
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return ['script', '--quiet', '--return', '--command', `exec ${command}`, '/dev/null']
}

/** Starts a Node that calls the function, which must use nothing but its arguments. */
export function start<Given, Said = unknown>(
  act: (tools: Tools, given: Given) => unknown,
  given?: Given,
  options: Options = {},
): Program<Said> {
  const code = `const tools = (${tools})(${HANG})
    Promise.resolve((${act})(tools, ${JSON.stringify(given ?? null)}))
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
  const status = await program.end()
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
