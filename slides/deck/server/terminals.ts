// The deck's terminals: shells at pseudo-terminals. Each outlives its page a little, for a reload.
import { constants } from 'node:os'
import type { IPty } from '@lydell/node-pty'
import { secret } from './access'
import { end, family, type Patience } from './processes'
import { type Size, startShell } from './shell'

export type Limits = {
  terminals: number
  /** How long one waits for its page to come back, in milliseconds. */
  grace: number
}

const defaults: Limits = { terminals: 16, grace: 30_000 }

/** Bytes of output kept for that page. */
const scrollback = 256 * 1024

/** What a page hears: output, the end, or that another page has taken over the terminal. */
export type Listener = {
  output(data: Buffer): void
  ended(status: number): void
  takenOver(): void
}

/** Why there is no terminal, as a sentence for the page. */
export class Refused extends Error {}

export class Terminals {
  readonly #limits: Limits
  readonly #open = new Map<string, Terminal>()
  readonly #ending = new Set<Promise<unknown>>()

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaults, ...limits }
  }

  /** Waits for those that end: what they still have on the host would be in its way. */
  async open(size: Size): Promise<Terminal> {
    await Promise.all(this.#ending)
    const { terminals, grace } = this.#limits
    if (this.#open.size >= terminals)
      throw new Refused(`${terminals} terminals are open, the most there can be. End one first.`)
    const terminal = new Terminal(start(size), grace, () => this.#forget(terminal))
    this.#open.set(terminal.id, terminal)
    return terminal
  }

  /** The terminal a page had before it was reloaded. */
  find(id: string): Terminal {
    const terminal = this.#open.get(id)
    if (!terminal) throw new Refused('It has ended.')
    return terminal
  }

  /** Ends them all; resolves when nothing runs in them any more. */
  async close(): Promise<void> {
    for (const terminal of this.#open.values()) terminal.end()
    await Promise.all(this.#ending)
  }

  // Everything the terminal has started ends with it, even what ignores the hangup.
  #forget(terminal: Terminal) {
    if (!this.#open.delete(terminal.id)) return
    const ending = terminal.ended.finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}

function start(size: Size): IPty {
  try {
    return startShell(size)
  } catch (error) {
    throw new Refused(`This machine can't make a terminal: ${(error as Error).message}`)
  }
}

// A container that ignores a hangup is killed after two seconds; sudo waits as long.
const patience: Patience = { idle: 4000, total: 30_000 }
const hungUp = 128 + constants.signals.SIGHUP

export class Terminal {
  /** A page that knows it can take over the terminal: it is as secret as the cookie. */
  readonly id = secret()
  ended: Promise<unknown> = Promise.resolve()
  readonly #pty: IPty
  readonly #grace: number
  readonly #onEnd: () => void
  #listener: Listener | undefined
  #timer: NodeJS.Timeout | undefined
  #past: Buffer[] = []
  #pastBytes = 0
  #isOver = false

  constructor(pty: IPty, grace: number, onEnd: () => void) {
    this.#pty = pty
    this.#grace = grace
    this.#onEnd = onEnd
    // With `encoding: null` these are bytes, whatever the type says. A character may be split.
    pty.onData((data) => this.#output(data as unknown as Buffer))
    pty.onExit(({ exitCode, signal }) => this.#over(signal ? 128 + signal : exitCode))
    this.#awaitPage()
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Takes the terminal over from the page that had it; returns what it showed before. */
  attach(listener: Listener): Buffer {
    clearTimeout(this.#timer)
    this.#listener?.takenOver()
    this.#listener = listener
    this.#pty.resume()
    return Buffer.concat(this.#past)
  }

  /** The page is gone. Another one may already have taken over. */
  detach(listener: Listener): void {
    if (listener !== this.#listener || this.#isOver) return
    this.#listener = undefined
    this.#pty.resume()
    this.#awaitPage()
  }

  #awaitPage() {
    this.#timer = setTimeout(() => this.end(), this.#grace)
  }

  write(data: string): void {
    if (!this.#isOver) this.#pty.write(data)
  }

  resize({ cols, rows }: Size): void {
    if (this.#isOver) return
    try {
      this.#pty.resize(cols, rows)
    } catch {
      // Its program has ended, as onExit is about to say.
    }
  }

  /** Makes the program wait while nobody reads its output. */
  hold(isHeld: boolean): void {
    if (this.#isOver) return
    if (isHeld) this.#pty.pause()
    else this.#pty.resume()
  }

  /** As when you close a window: once our side is gone, the kernel hangs up the terminal. */
  end(): void {
    if (this.#isOver) return
    this.#over(hungUp)
    ;(this.#pty as IPty & { destroy(): void }).destroy()
  }

  #output(data: Buffer) {
    this.#past.push(data)
    this.#pastBytes += data.length
    while (this.#pastBytes - this.#past[0].length > scrollback)
      this.#pastBytes -= (this.#past.shift() as Buffer).length
    this.#listener?.output(data)
  }

  #over(status: number) {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.ended = end(this.pid, family(this.pid), patience)
    this.#onEnd()
    this.#listener?.ended(status)
  }
}
