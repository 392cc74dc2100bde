// Runs programs, and ends them when someone interrupts.
import { constants } from 'node:os'
import type { Options, Result } from 'execa'
import { shown } from '../setup/programs.mjs'
import { root } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

export type Ended = { argv: string[]; status: number | string; stdout: string; stderr: string }

/** Shows what a task is doing right now. */
export type Detail = (text: string) => void

/** With `always`, an interruption doesn't end it: the undoing of things has to finish. */
type Wanted = Options & { always?: boolean }

/** Those to end, by pid, each with what stops the wait for it; -pid is a process group. */
const running = new Map<number, (why: Problem) => void>()
let interruption: Problem | undefined

process.on('exit', () => {
  for (const pid of running.keys()) void send(pid, 'KILL')
})

/**
 * Starts a program in the checkout, unless `cwd` says otherwise. It leads its own process group, so
 * that its children end with it.
 */
export async function start(argv: string[], { always, ...options }: Wanted = {}) {
  const { execa } = await import('execa') // at the top, tsx would load it as CommonJS, which fails
  if (interruption && !always) throw interruption
  const [file, ...words] = argv as [string, ...string[]]
  const child = execa(file, words, {
    cwd: root,
    stdin: 'ignore',
    detached: true,
    stripFinalNewline: false,
    reject: false,
    ...options,
  })
  const pid = (child.pid ?? 0) * (options.detached === false ? 1 : -1)
  const ended = new Promise<Ended>((resolve, reject) => {
    if (pid && !always) running.set(pid, reject)
    child
      .then((result) => {
        running.delete(pid)
        if (interruption && !always) reject(interruption)
        else resolve(outcome(argv, result))
      })
      .catch(reject)
  })
  ended.catch((error) => {
    if (error !== interruption) return
    // One that could not be ended doesn't hold up our own end.
    child.unref()
    for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  })
  return { child, ended }
}

function outcome(argv: string[], result: Result): Ended {
  const status = result.exitCode ?? result.signal
  if (status === undefined) throw new Problem(`${argv[0]} could not be started: ${result.message}`)
  return { argv, status, stdout: `${result.stdout ?? ''}`, stderr: `${result.stderr ?? ''}` }
}

/** Runs a program to its end. */
export async function run(argv: string[], options?: Wanted): Promise<Ended> {
  return (await start(argv, options)).ended
}

/** The same, and a problem unless it ends with status 0. */
export async function succeeds(argv: string[], options?: Wanted): Promise<Ended> {
  const ended = await run(argv, options)
  if (ended.status !== 0) throw new Problem(story(ended))
  return ended
}

/** What ran and how it ended, for a message. */
export function story({ argv, status, stdout, stderr }: Ended): string {
  const tail = (text: string) => text.trim().split('\n').slice(-12).join('\n')
  return [`status ${status} of ${shown(argv)}`, tail(stdout), tail(stderr)]
    .filter(Boolean)
    .join('\n')
}

/** From here on, SIGINT, SIGTERM and SIGHUP end what runs, and every run() that waits rejects. */
export function endOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      interruption ??= new Problem('Interrupted.', 128 + constants.signals[name])
      endAll()
    })
}

/** Ends all that runs; kills what hasn't ended after a while. */
function endAll(): void {
  for (const pid of running.keys()) void send(pid, 'TERM')
  setTimeout(() => {
    for (const pid of running.keys()) void send(pid, 'KILL')
  }, 30_000).unref()
}

/** Sends a signal. A program that has become root through sudo is for root to end. */
async function send(pid: number, signal: 'TERM' | 'KILL'): Promise<void> {
  try {
    process.kill(pid, `SIG${signal}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return
    const kill = ['sudo', '-n', 'kill', '-s', signal, '--', `${pid}`]
    const status = await run(kill, { always: true }).then(
      (ended) => ended.status,
      () => 1,
    )
    if (status !== 0) running.get(pid)?.(interruption as Problem)
  }
}
