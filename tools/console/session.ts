// A shell at a pty of its own: types a line, and gives what came until the next prompt.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { stripVTControlCharacters } from 'node:util'
import type { IPty } from '@lydell/node-pty'

export type SessionOptions = {
  cwd?: string
  /** The whole environment, but for PS1, TERM and what a shell can not do without. */
  env?: Record<string, string>
  cols?: number
  rows?: number
  /** Words of a command that starts the shell somewhere else, such as `nsenter --target 42 --mount`. */
  enter?: string[]
}

/** Whose shell asks: the host's, or that of a container. */
export type Side = 'host' | 'container'

/** How long a prompt must stand at the end of the output to be one. */
const QUIET = 60

// OSC 133, which terminals take for the end of a prompt and do not show: no output can be mistaken for it.
const MARK = '\x1b]133;B\x07'
const CONTAINER_PROMPT = /(^|\n)?container:[^#\n]*# $/

export class Session {
  readonly #pty: IPty
  readonly #started = performance.now()
  readonly #exited: Promise<void>
  #listeners: ((text: string, secondsSinceStart: number) => void)[] = []
  #received = ''
  #lastData = performance.now()
  #running = true
  #first: Promise<string> | undefined
  #side: Side = 'host'
  readonly #entered: boolean

  constructor({
    cwd = process.cwd(),
    env = {},
    cols = 200,
    rows = 50,
    enter = [],
  }: SessionOptions = {}) {
    this.#entered = enter.length > 0
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
      this.#lastData = performance.now()
      for (const listener of this.#listeners)
        listener(text, (this.#lastData - this.#started) / 1000)
    })
  }

  /** Hears everything the terminal gets to show, from now on. */
  onData(callback: (text: string, secondsSinceStart: number) => void): void {
    this.#listeners.push(callback)
  }

  /** Types keys and waits for nothing. */
  write(keys: string): void {
    this.#pty.write(keys)
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows)
  }

  get pid(): number {
    return this.#pty.pid
  }

  /**
   * Types a line (or several) and Enter, and waits for the next prompt.
   *
   * @returns the lines of output, without the echo, the prompt and control sequences
   * @throws Error when there is no prompt in time, or the shell ended
   */
  async run(input: string, timeout = 15_000): Promise<string[]> {
    await this.ready(timeout)
    this.#received = ''
    this.#pty.write(`${input.replaceAll('\n', '\r')}\r`)
    return lines(withoutEcho(await this.#prompt(input, timeout), input))
  }

  /** Waits for the first prompt. */
  async ready(timeout = 15_000): Promise<void> {
    this.#first ??= this.#prompt('', timeout)
    await this.#first
  }

  /**
   * Waits for the prompt of that side: a container that was ended from elsewhere leaves the host's. The other way round
   * nothing comes by itself.
   */
  async prompted(side: Side, timeout = 15_000): Promise<void> {
    await this.ready(timeout)
    if (this.#side === side) return
    if (side === 'container')
      throw new Error(
        `no prompt of a container; the terminal shows: ${clean(this.#received).slice(-600)}`,
      )
    const end = performance.now() + timeout
    while (this.#beforePrompt() === undefined || this.#side !== side) {
      if (performance.now() > end || !this.#running)
        throw new Error(
          `no prompt of the ${side}; the terminal shows: ${clean(this.#received).slice(-600)}`,
        )
      await sleep(5)
    }
  }

  async #prompt(input: string, timeout: number): Promise<string> {
    for (const end = performance.now() + timeout; ; await sleep(5)) {
      const text = this.#beforePrompt()
      if (text !== undefined) return text
      const seen = () => clean(this.#received).trim().slice(-600) || 'nothing'
      if (!this.#running)
        throw new Error(`the shell ended at \`${input}\`; the terminal showed: ${seen()}`)
      if (performance.now() > end)
        throw new Error(
          `no prompt within ${timeout / 1000} s after \`${input}\`; the terminal shows: ${seen()}`,
        )
    }
  }

  #beforePrompt(): string | undefined {
    if (this.#received.endsWith(MARK)) {
      this.#side = 'host'
      return clean(this.#received).replace(/\$ $/, '')
    }
    if (performance.now() - this.#lastData < QUIET) return undefined
    const text = clean(this.#received)
    const found = CONTAINER_PROMPT.exec(text)
    if (found) this.#side = 'container'
    return found ? text.slice(0, found.index + (found[1]?.length ?? 0)) : undefined
  }

  // What enters a pid namespace stays outside as the parent of the shell, and has to be there when that ends.
  #hangUp(): void {
    const shell = this.#entered ? children(this.#pty.pid)[0] : undefined
    try {
      process.kill(shell ?? this.#pty.pid, 'SIGHUP')
    } catch {} // it has ended just now
  }

  /** Ends the shell as the closing of a terminal window does, and waits for that. */
  async close(): Promise<void> {
    if (this.#running) this.#hangUp()
    // The timer must not keep a program alive that has nothing else to do.
    await Promise.race([this.#exited, new Promise((done) => setTimeout(done, 3000).unref())])
    if (this.#running) this.#pty.kill('SIGKILL')
    await this.#exited
  }
}

// bash is what most people type into; its start files would bring somebody's own prompt and aliases.
const bash = existsSync('/bin/bash')
const shell = bash ? ['/bin/bash', '--norc', '--noprofile'] : ['/bin/sh', '-i']

const environment = () => ({
  PATH: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env.HOME ?? '/root',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  HISTFILE: '',
  PS1: bash ? `$ \\[${MARK}\\]` : `$ ${MARK}`,
  PS2: '> ',
})

function loadPty(): typeof import('@lydell/node-pty') {
  try {
    return createRequire(import.meta.url)('@lydell/node-pty')
  } catch (cause) {
    throw new Error(
      `no terminal can be made: @lydell/node-pty has no binary for ${process.platform} ${process.arch} with this C library`,
      { cause },
    )
  }
}

function children(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

const clean = (text: string) =>
  stripVTControlCharacters(text).replace(/\r+\n/g, '\n').replaceAll('\r', '')

const lines = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** What follows the echo of the input. A line wider than the terminal is echoed with breaks in it. */
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
