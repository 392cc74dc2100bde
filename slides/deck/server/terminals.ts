// The terminals of the deck: shells at pseudo-terminals, each of which outlives its page for a moment, for a reload.
import { constants } from 'node:os'
import type { IPty } from '@lydell/node-pty'
import { secret } from './access'
import { end, family } from './processes'
import { type Size, startShell } from './shell'

export type Limits = {
  terminals: number
  /** New ones within `period` milliseconds. */
  starts: number
  period: number
  /** How long one waits for its page to come back, in milliseconds. */
  grace: number
  /** Bytes of output kept for that page. */
  scrollback: number
}

const defaults: Limits = {
  terminals: 16,
  starts: 16,
  period: 10_000,
  grace: 30_000,
  scrollback: 256 * 1024,
}

/** What a page gets: output, the end, or that another page has taken the terminal over. */
export type Listener = {
  output(data: Buffer): void
  ended(status: number): void
  takenOver(): void
}

/** A sentence for the page: why there is no terminal. */
export class Refused extends Error {}

export class Terminals {
  readonly #limits: Limits
  readonly #open = new Map<string, Terminal>()
  readonly #ending = new Set<Promise<unknown>>()
  #starts: number[] = []

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaults, ...limits }
  }

  open(size: Size): Terminal {
    this.#checkLimits()
    const terminal = new Terminal(start(size), this.#limits, () => this.#forget(terminal))
    this.#open.set(terminal.id, terminal)
    return terminal
  }

  /** The one that a page had before it was loaded anew. */
  find(id: string): Terminal {
    const terminal = this.#open.get(id)
    if (!terminal) throw new Refused('It has ended meanwhile.')
    return terminal
  }

  /** Ends them all; resolves when nothing of them runs any more. */
  async close(): Promise<void> {
    for (const terminal of this.#open.values()) terminal.end()
    await Promise.all(this.#ending)
  }

  #checkLimits() {
    const { terminals, starts, period } = this.#limits
    if (this.#open.size >= terminals)
      throw new Refused(
        `${terminals} terminals are open, which is the limit: end one of them first.`,
      )
    const now = Date.now()
    this.#starts = this.#starts.filter((time) => now - time < period)
    if (this.#starts.length >= starts)
      throw new Refused(
        `${starts} terminals were started within ${period / 1000} s: wait a moment.`,
      )
    this.#starts.push(now)
  }

  // Whatever the terminal has started ends with it, also what does not heed the hangup.
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
    throw new Refused(`No terminal can be made on this machine: ${(error as Error).message}`)
  }
}

// Containers end two seconds after a hangup at the latest, sudo ends what it started after as many.
const patience = 4000
const hungUp = 128 + constants.signals.SIGHUP

export class Terminal {
  /** Whoever knows it may take the terminal over: it is as secret as the cookie. */
  readonly id = secret()
  ended: Promise<unknown> = Promise.resolve()
  readonly #pty: IPty
  readonly #limits: Limits
  readonly #onEnd: () => void
  #listener: Listener | undefined
  #timer: NodeJS.Timeout | undefined
  #past: Buffer[] = []
  #pastBytes = 0
  #isOver = false

  constructor(pty: IPty, limits: Limits, onEnd: () => void) {
    this.#pty = pty
    this.#limits = limits
    this.#onEnd = onEnd
    // With `encoding: null` these are bytes, whatever the type says: a character may be split between two of them.
    pty.onData((data) => this.#output(data as unknown as Buffer))
    pty.onExit(({ exitCode, signal }) => this.#over(signal ? 128 + signal : exitCode))
    this.#awaitPage()
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Takes the terminal over from the page that had it; gives what was on it before. */
  attach(listener: Listener): Buffer {
    clearTimeout(this.#timer)
    this.#listener?.takenOver()
    this.#listener = listener
    this.#pty.resume()
    return Buffer.concat(this.#past)
  }

  /** The page is gone; another one may have come in between. */
  detach(listener: Listener): void {
    if (listener !== this.#listener || this.#isOver) return
    this.#listener = undefined
    this.#pty.resume()
    this.#awaitPage()
  }

  #awaitPage() {
    this.#timer = setTimeout(() => this.end(), this.#limits.grace)
  }

  write(data: string): void {
    if (!this.#isOver) this.#pty.write(data)
  }

  resize({ cols, rows }: Size): void {
    if (this.#isOver) return
    try {
      this.#pty.resize(cols, rows)
    } catch {
      // Its program has ended, and that is about to be heard of.
    }
  }

  /** Holds the program back while its output is not read. */
  hold(isHeld: boolean): void {
    if (this.#isOver) return
    if (isHeld) this.#pty.pause()
    else this.#pty.resume()
  }

  /** As when a window is closed: without our side of it, the kernel hangs the terminal up. */
  end(): void {
    if (this.#isOver) return
    this.#over(hungUp)
    ;(this.#pty as IPty & { destroy(): void }).destroy()
  }

  #output(data: Buffer) {
    this.#past.push(data)
    this.#pastBytes += data.length
    while (this.#pastBytes - this.#past[0].length > this.#limits.scrollback)
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
