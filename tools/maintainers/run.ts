// Runs programs, and ends them when someone interrupts.
import { constants } from 'node:os'
import type { Options, Result } from 'execa'
import { shown } from '../setup/programs.mjs'
import { root } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

export type Ended = { argv: string[]; status: number | string; stdout: string; stderr: string }

/** Shows what a task is doing right now. */
export type Detail = (text: string) => void

/** With `always`, no interruption ends it, nor Ctrl-C: the undoing of things has to finish. */
type Wanted = Options & { always?: boolean }

const ending = new AbortController()
let interruption: Problem | undefined

/** From here on, SIGINT, SIGTERM and SIGHUP end what runs, and every run() that waits rejects. */
export function endOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      interruption ??= new Problem('Interrupted.', 128 + constants.signals[name])
      ending.abort()
    })
}

/** Starts a program in the checkout, unless `cwd` says otherwise. */
export async function start(argv: string[], { always, ...options }: Wanted = {}) {
  const { execa } = await import('execa') // at the top, tsx would load it as CommonJS, which fails
  if (interruption && !always) throw interruption
  const [file, ...words] = argv as [string, ...string[]]
  const child = execa(file, words, {
    cwd: root,
    stdin: 'ignore',
    stripFinalNewline: false,
    reject: false,
    forceKillAfterDelay: 30_000,
    ...(always ? { detached: true } : { cancelSignal: ending.signal }),
    ...options,
  })
  const ended = child.then((result) => {
    if (interruption && !always) throw interruption
    return outcome(argv, result)
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
