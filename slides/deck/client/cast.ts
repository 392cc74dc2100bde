// Recordings on the slides: a console figure plays its recording, one command at each key press.
import 'asciinema-player/dist/bundle/asciinema-player.css'
import { create, type Player } from 'asciinema-player'
import './cast.css'
import { addBar, NextButton, onThemeChange } from './console-bar'
import { type Console, Keys } from './console-keys'

export function mountCasts(root: HTMLElement) {
  // Recordings by the id of their console. A strict policy forbids inline scripts, but not data.
  const casts = JSON.parse(document.querySelector('#casts')?.textContent ?? '{}')
  const consoles = [...root.querySelectorAll<HTMLElement>('figure.console')].flatMap((figure) => {
    const cast = casts[figure.dataset.console ?? '']
    return cast === undefined ? [] : new CastConsole(figure, cast, () => keys.update())
  })
  const keys = new Keys(consoles)
}

class CastConsole implements Console {
  readonly figure: HTMLElement
  readonly #cast: string
  readonly #commands: [time: number, command: string][]
  readonly #play = new NextButton(() => this.next())
  #player: Player | undefined
  readonly #changed: () => void
  #done = 0

  constructor(figure: HTMLElement, cast: string, changed: () => void) {
    this.figure = figure
    this.#cast = cast
    this.#changed = changed
    this.#commands = commands(cast)
    addBar(figure, this.#play.element)
  }

  get commands() {
    return this.#commands.length
  }

  get done() {
    return this.#done
  }

  /** Plays one command; after the last one, starts again. */
  async next() {
    const index = this.done < this.commands ? this.#done : 0
    this.#done = index + 1
    this.#changed()
    this.#player ??= this.#open()
    // Just after the mark, where the player stops. It may still be playing the command before.
    await this.#player.seek(index ? this.#commands[index][0] + 0.01 : 0)
    await this.#player.play()
  }

  #open(): Player {
    const place = document.createElement('div')
    place.className = 'cast'
    this.figure.classList.add('live')
    this.figure.append(place)
    // The player's keys must not turn pages as well.
    place.addEventListener('keydown', (event) => event.stopPropagation())
    colour(place)
    onThemeChange(() => colour(place))
    return create({ data: this.#cast }, place, {
      fit: 'both',
      controls: false,
      theme: 'deck',
      terminalFontFamily: getComputedStyle(place).fontFamily,
      markers: this.#commands.slice(1),
      pauseOnMarkers: true,
    })
  }

  show(key: string | undefined) {
    const command = this.#commands[this.#done]?.[1]
    this.#play.show(command === undefined ? 'Again' : 'Play', command, key)
  }
}

// The player paints its cursor itself, and takes colours in this form only.
function colour(place: HTMLElement) {
  const { color, backgroundColor } = getComputedStyle(place)
  place.style.setProperty('--cast-ink', hexadecimal(color))
  place.style.setProperty('--cast-ground', hexadecimal(backgroundColor))
}

const hexadecimal = (rgb: string) =>
  `#${(rgb.match(/\d+/g) ?? [])
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`

function commands(cast: string): [number, string][] {
  return cast
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line))
    .flatMap(([time, kind, data]) => (kind === 'm' ? [[time, data] as [number, string]] : []))
}
