// A container at its own terminal: what a person sees and types.
import { claim, quote } from './claim'
import { argv, descendants, status } from './proc'
import type { Started, Target } from './target'
import { soon } from './waiting'

export class Terminal {
  readonly #started: Started
  #from = 0

  constructor(started: Started) {
    this.#started = started
  }

  get screen(): string {
    return this.#started.stdout.replaceAll('\r', '')
  }

  type(keys: string): void {
    this.#from = this.screen.length
    this.#started.child.stdin?.write(keys)
  }

  /** Waits for a text in what came since the last keys; gives all of that. */
  async shows(text: RegExp, meaning: string): Promise<string> {
    const since = () => this.screen.slice(this.#from)
    const isOver = () => text.test(since()) || !this.#started.running
    await soon(isOver, 200, this.#started.changed)
    claim(text.test(since()), meaning, quote(since()))
    return since()
  }

  /** Waits for the `sleep` that was typed to be in a state. */
  async foreground(state: RegExp, meaning: string): Promise<void> {
    const seen = () => {
      const pid = descendants(this.#started.pid).find((pid) => argv(pid)[0] === 'sleep')
      return pid === undefined ? 'no such process' : (status(pid, 'State') ?? 'gone')
    }
    await soon(() => state.test(seen()))
    claim(state.test(seen()), meaning, `${seen()}; the screen shows ${quote(this.screen)}`)
  }
}

/** Lets a person sit at an interactive shell in a container, behind its first prompt. */
export async function atTerminal(
  target: Target,
  act: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const started = target.start(['/bin/sh'], { terminal: true })
  const terminal = new Terminal(started)
  try {
    terminal.type('echo re""ady\n')
    await terminal.shows(/^ready$/m, 'an interactive shell at a terminal')
    await act(terminal)
    terminal.type('exit 5\n')
    const { status } = await started.ended(200)
    const seen = `${status}; the screen shows ${quote(terminal.screen)}`
    claim(status === 5, 'status 5 of `exit 5`', seen)
  } finally {
    await started.kill()
  }
}
