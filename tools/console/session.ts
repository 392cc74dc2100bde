// A shell at its own terminal: types a line, and gives what came before the next prompt.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { stripVTControlCharacters } from 'node:util'
import type { IPty } from '@lydell/node-pty'
import { Problem } from '../setup/terminal.mjs'
import { children, isStarted } from './background'

export type SessionOptions = {
  cwd?: string
  /** Variables, besides those that every shell needs. */
  env?: Record<string, string>
  /** Its size is set once: a shell whose terminal changes size shows its prompt again. */
  cols?: number
  rows?: number
  /** Words of a command that starts the shell elsewhere, such as `nsenter --target 42 --mount`. */
  enter?: string[]
  /** Milliseconds until a command without a prompt counts as hanging. */
  patience?: number
}

/** Whose prompt it is. */
export type Side = 'host' | 'container'

// Prompts end with this, and nothing else prints it: OSC 133, which terminals don't show.
const MARK = '\x1b]133;B\x07'
// A container's prompt shows a directory. `PS1=container:$PWD# `, as `env` prints it, shows none.
const CONTAINER_PROMPT = /(^|\n)?container:\/[^#\n]*# $/

const HANG = 60_000 * Number(process.env.TEST_SLOWNESS ?? 1)

export class Session {
  readonly #pty: IPty
  readonly #exited: Promise<void>
  readonly #entered: boolean
  readonly #patience: number
  #received = ''
  #running = true
  #first: Promise<string> | undefined

  constructor(options: SessionOptions = {}) {
    const { cwd = process.cwd(), env = {}, cols = 200, rows = 50 } = options
    const { enter = [], patience = HANG } = options
    this.#entered = enter.length > 0
    this.#patience = patience
    const [file, ...args] = [...enter, '/bin/sh', '-c', 'cd "$0" && exec "$@"', cwd, ...shell]
    this.#pty = loadPty().spawn(file, args, {
      cwd: '/',
      cols,
      rows,
      env: { ...environment(), ...env },
    })
    this.#exited = new Promise((resolve) => {
      this.#pty.onExit(() => {
        this.#running = false
        resolve()
      })
    })
    this.#pty.onData((text) => {
      this.#received += text
    })
  }

  /**
   * Types a line (or several) and Enter, and waits for the next prompt.
   *
   * @returns the lines of output, without the echo, the prompt and control sequences
   * @throws Problem if there's no prompt in time, or the shell ended
   */
  async run(input: string): Promise<string[]> {
    await this.#ready()
    this.#received = ''
    this.#pty.write(`${input.replaceAll('\n', '\r')}\r`)
    const text = await this.#prompt(`after \`${input}\``)
    await this.#started(input)
    return lines(withoutEcho(text, input))
  }

  /** Waits for a program in the background. It may have ended at once: the limit is no failure. */
  async #started(input: string): Promise<void> {
    const end = performance.now() + HANG / 12
    while (!isStarted(input, this.#pty.pid) && performance.now() < end) await sleep(5)
  }

  /** Waits for a side's prompt: after a container is killed from elsewhere, the host's comes. */
  async prompted(side: Side): Promise<void> {
    await this.#ready()
    if (side === 'container' && this.#side() === 'host')
      throw this.#problem('no prompt of a container')
    await this.#prompt(`of the ${side}`, side)
  }

  async #ready(): Promise<void> {
    this.#first ??= this.#prompt('of a shell')
    await this.#first
  }

  /** Waits for a prompt, and gives what came before it. */
  async #prompt(which: string, side?: Side): Promise<string> {
    for (const end = performance.now() + this.#patience; ; await sleep(5)) {
      const found = this.#side()
      if (found && found === (side ?? found)) return this.#beforePrompt()
      if (!this.#running) throw this.#problem(`no prompt ${which}: the shell ended`)
      if (performance.now() > end)
        throw this.#problem(`no prompt ${which} within ${this.#patience / 1000} s`)
    }
  }

  /** Whose prompt the terminal shows now, if any. */
  #side(): Side | undefined {
    if (this.#received.endsWith(MARK)) return 'host'
    return CONTAINER_PROMPT.test(clean(this.#received)) ? 'container' : undefined
  }

  #beforePrompt(): string {
    const text = clean(this.#received)
    const found = CONTAINER_PROMPT.exec(text)
    return found ? text.slice(0, found.index + (found[1]?.length ?? 0)) : text.replace(/\$ $/, '')
  }

  #problem(what: string): Problem {
    const shown = clean(this.#received).trim().slice(-600)
    return new Problem(`${what}; the terminal shows: ${shown || 'nothing'}`)
  }

  // To enter a pid namespace, nsenter forks, waits for the shell, and must still be there then.
  #hangUp(): void {
    const shell = this.#entered ? children(this.#pty.pid)[0] : undefined
    try {
      process.kill(shell ?? this.#pty.pid, 'SIGHUP')
    } catch {} // it has just ended
  }

  /** Ends the shell, as closing a terminal window does. */
  async close(): Promise<void> {
    if (this.#running) this.#hangUp()
    // The timer must not keep a program alive that has nothing else to do.
    await Promise.race([this.#exited, new Promise((done) => setTimeout(done, HANG / 6).unref())])
    if (this.#running) this.#pty.kill('SIGKILL')
    await this.#exited
  }
}

const bash = existsSync('/bin/bash')
/** Most people type into bash. Its start files would bring their own prompts and aliases. */
export const shell = bash ? ['/bin/bash', '--norc', '--noprofile'] : ['/bin/sh', '-i']

/** The host's prompt, for PS1. */
export const prompt = bash ? `$ \\[${MARK}\\]` : `$ ${MARK}`

const environment = () => ({
  PATH: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env.HOME ?? '/root',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  HISTFILE: '',
  PS1: prompt,
  PS2: '> ',
})

export function loadPty(): typeof import('@lydell/node-pty') {
  try {
    return createRequire(import.meta.url)('@lydell/node-pty')
  } catch {
    throw new Problem(
      `@lydell/node-pty can't make a terminal: it has no binary for ${process.platform} ${process.arch} with this C library.`,
    )
  }
}

const clean = (text: string) =>
  stripVTControlCharacters(text).replace(/\r+\n/g, '\n').replaceAll('\r', '')

const lines = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** What follows the echo of the input. The terminal breaks the echo of a line that is too wide. */
function withoutEcho(text: string, input: string): string {
  let at = 0
  for (const [number, line] of input.split('\n').entries()) {
    if (number > 0) at += /^\n?> /.exec(text.slice(at))?.[0].length ?? 0
    for (const character of line.replace(/\s/g, '')) {
      while (/\s/.test(text[at] ?? '')) at++
      if (text[at] !== character) return text.split('\n').slice(input.split('\n').length).join('\n')
      at++
    }
  }
  return text.slice(at).replace(/^[^\n]*\n/, '')
}

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds))
