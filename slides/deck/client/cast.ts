// Recordings on the slides: a console figure plays its recording, one command at each key press.
import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import { addBar, NextButton } from './console-bar'
import { type Console, Keys } from './console-keys'
import { Screen } from './terminal-screen'

type Event = [time: number, kind: 'o' | 'm', data: string]

export function mountCasts(root: HTMLElement): Keys {
  // Recordings by the id of their console. A strict policy forbids inline scripts, but not data.
  const casts = JSON.parse(document.querySelector('#casts')?.textContent ?? '{}')
  const consoles = [...root.querySelectorAll<HTMLElement>('figure.console')].flatMap((figure) => {
    const cast = casts[figure.dataset.console ?? '']
    return cast === undefined ? [] : new CastConsole(figure, cast, () => keys.update())
  })
  const keys = new Keys(consoles)
  return keys
}

class CastConsole implements Console {
  readonly figure: HTMLElement
  screen: Screen | undefined
  done = 0
  readonly isSettled = true
  readonly #events: Event[]
  /** Where its commands begin. */
  readonly #marks: number[]
  readonly #play = new NextButton(() => this.next())
  readonly #changed: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(figure: HTMLElement, cast: string, changed: () => void) {
    this.figure = figure
    this.#changed = changed
    const [, ...lines] = cast.trimEnd().split('\n')
    this.#events = lines.map((line) => JSON.parse(line))
    this.#marks = this.#events.flatMap(([, kind], index) => (kind === 'm' ? index : []))
    addBar(figure, this.#play.element)
  }

  get commands() {
    return this.#marks.length
  }

  /** Plays one command; after the last one, starts again. */
  next(): 'typed' {
    const index = this.done < this.commands ? this.done : 0
    this.done = index + 1
    this.screen ??= new Screen(this.figure)
    clearTimeout(this.#timer)
    // The command before may still be playing.
    const past = this.#events.slice(0, this.#marks[index]).map(textOf)
    this.screen.replay(past.join(''))
    this.#show(this.screen, this.#events.slice(this.#marks[index], this.#marks[index + 1]))
    this.#changed()
    return 'typed'
  }

  say() {}

  #show(screen: Screen, [event, ...rest]: Event[]) {
    screen.write(textOf(event))
    if (!rest.length) return
    const pause = (rest[0][0] - event[0]) * 1000
    this.#timer = setTimeout(() => this.#show(screen, rest), pause)
  }

  show(key: string | undefined) {
    const command = this.#events[this.#marks[this.done]]?.[2]
    this.#play.show(command === undefined ? 'Again' : 'Play', command, key)
  }
}

const textOf = ([, kind, data]: Event) => (kind === 'o' ? data : '')
