// Small programs that use native/, each in a Node process: what they change about their process
// doesn't reach the test runner.
import { spawn, type StdioOptions } from 'node:child_process'
import { vi } from 'vitest'
import type { SystemError } from '#native/internal/errors'
import { killPid } from '../harness/proc'
import { atNewTerminal, Started, terminalVariables } from '../harness/started'
import { HANG, until } from '../harness/waiting'
import { repository } from '../harness/work'

export const isRoot = process.geteuid?.() === 0
if (!isRoot) console.log('Skipped: tests that need root (namespaces, mounts, devices).')

// Longer than a hang, so that end() can say what hung, and kill it.
vi.setConfig({ testTimeout: 2 * HANG })

type Failed = Pick<SystemError, 'name' | 'message'> & Partial<SystemError>

/** What the function of a program is called with. */
type Tools = ReturnType<typeof tools>

// Its text goes to the other process, so it must not use any name from this file.
function tools(hang: number) {
  const fs = require('node:fs') as typeof import('node:fs')
  const load = (folder: string) =>
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => require(`${process.cwd()}/${folder}/${name}`))
  /** Everything that native/ and steps/shared/ export. */
  const native: typeof import('./all') = Object.assign(
    {},
    ...['native', 'native/internal', 'steps/shared'].flatMap(load),
  )
  const show = ({ name, message, errno, code, syscall, path, dest }: Failed): Failed => ({
    ...{ name, message, errno, code, syscall, path, dest },
  })
  const read = (file: string) => {
    try {
      return fs.readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  }
  /** A field of /proc/PID/status; empty if the process is gone. */
  const status = (pid: number | 'self', field: string) =>
    read(`/proc/${pid}/status`).match(new RegExp(`^${field}:\\s*(.*)$`, 'm'))?.[1] ?? ''
  return {
    native,
    fs,
    workers: require('node:worker_threads') as typeof import('node:worker_threads'),
    childProcess: require('node:child_process') as typeof import('node:child_process'),
    status,
    /** Sends a value to the test at once. */
    say(value: unknown): void {
      fs.writeSync(3, `${JSON.stringify(value)}\n`)
    },
    /** The error that an act throws; null if it throws none. */
    failure(act: () => unknown): Failed | null {
      try {
        act()
      } catch (error) {
        return show(error as Failed)
      }
      return null
    },
    /** The error that a promise rejects with; null if it resolves. */
    rejection: (act: Promise<unknown>) => act.then((): Failed | null => null, show),
    /** Waits until the function returns something true; throws if it never does. */
    async until(ask: () => unknown): Promise<void> {
      for (const end = Date.now() + hang; !ask(); ) {
        if (Date.now() > end) throw new Error(`waited in vain for ${ask}`)
        await new Promise((done) => setTimeout(done, 5))
      }
    },
    /** The name of the program that a process runs. */
    comm: (pid: number) => read(`/proc/${pid}/comm`).trim(),
    /** Children of this process that have ended but were not waited for. */
    zombies: () =>
      read(`/proc/self/task/${process.pid}/children`)
        .split(' ')
        .filter((pid) => status(Number(pid), 'State').startsWith('Z')),
    /** Whether a program handles the signal. Until it is executed, it has the handlers of Node. */
    handles: (pid: number, signal: number) =>
      status(pid, 'Name') !== status('self', 'Name') &&
      ((BigInt(`0x${status(pid, 'SigCgt') || 0}`) >> BigInt(signal - 1)) & 1n) === 1n,
    /** A promise for a child's end, and its pid. */
    started(file: string, args: string[], cloneflags = 0) {
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
  /** Written to standard input, which then ends. */
  stdin?: string
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
    const [file, ...args] = terminal ? atNewTerminal(words) : words
    const child = spawn(file as string, args, {
      cwd: repository,
      // Without certificates, which Node would read for 50 ms.
      env: {
        ...env,
        NODE_EXTRA_CA_CERTS: undefined,
        ...(terminal && terminalVariables),
      },
      stdio: stdio ?? ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    super(child, [])
    child.once('close', () => {
      this.#closed = true
    })
    this.#listen()
    if (!terminal) child.stdin?.end(stdin)
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
  const { stdout, stderr, said } = program
  if (status !== 0)
    throw new Error(`it ended with ${status}: ${stderr.slice(-2000).replaceAll(' at ', ' in ')}`)
  return { value: said.at(-1) as Awaited<Returned>, stdout, stderr }
}
