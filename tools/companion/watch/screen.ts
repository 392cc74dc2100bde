// The terminal of `watch`: a screen that is redrawn, or, if that can't be, one text after another.
import { emitKeypressEvents } from 'node:readline'

export type Key = { name?: string; ctrl?: boolean; sequence?: string }

const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l'

export class Screen {
  /** Whether there is a screen to draw on. */
  readonly full = Boolean(
    process.stdout.isTTY && process.stdin.isTTY && process.env.TERM !== 'dumb',
  )
  #drawn = ''
  #up = false
  readonly #restore = () => this.leave()

  get columns(): number {
    return process.stdout.columns || 80
  }

  get rows(): number {
    return process.stdout.rows || 24
  }

  enter(keys: (key: Key) => void, resized: () => void): void {
    this.#raw(true)
    if (process.stdin.isTTY) {
      emitKeypressEvents(process.stdin)
      process.stdin.on('keypress', (_, key: Key) => keys(key))
      process.stdin.resume()
    }
    process.stdout.on('resize', () => {
      this.#drawn = ''
      resized()
    })
    process.on('exit', this.#restore)
    this.#show()
  }

  draw(lines: string[]): void {
    if (!this.full || !this.#up) return
    const text = lines
      .slice(0, this.rows)
      .map((line) => `\x1b[2K${line}`)
      .join('\r\n')
    if (text === this.#drawn) return
    this.#drawn = text
    process.stdout.write(`\x1b[H${text}\x1b[J`)
  }

  /** Without a screen: writes below what is there. */
  print(lines: string[]): void {
    if (!this.full) process.stdout.write(`${lines.join('\n')}\n`)
  }

  leave(): void {
    if (this.full && this.#up) process.stdout.write(leave)
    this.#up = false
    this.#raw(false)
  }

  /** What Ctrl-Z does in any other program: the screen comes back with `fg`. */
  suspend(redraw: () => void): void {
    this.leave()
    const back = () => {
      process.removeListener('SIGCONT', back)
      clearTimeout(timer)
      this.#raw(true)
      this.#show()
      redraw()
    }
    process.on('SIGCONT', back)
    // The kernel doesn't stop a process that nobody could continue.
    const timer = setTimeout(back, 200)
    // npm and the judge as well: otherwise the shell wouldn't get its terminal back.
    process.kill(0, 'SIGTSTP')
  }

  /** Lends the terminal to another program until it ends, unless that has its own window. */
  async lend<T>(act: () => Promise<T>, isWindow: boolean): Promise<T> {
    if (isWindow) return act()
    this.leave()
    process.stdin.pause()
    try {
      return await act()
    } finally {
      process.stdin.resume()
      this.#raw(true)
      this.#show()
    }
  }

  close(): void {
    this.leave()
    process.removeListener('exit', this.#restore)
    process.stdin.pause()
  }

  #show(): void {
    this.#drawn = ''
    this.#up = true
    if (this.full) process.stdout.write(enter)
  }

  #raw(on: boolean): void {
    if (process.stdin.isTTY) process.stdin.setRawMode(on)
  }
}
