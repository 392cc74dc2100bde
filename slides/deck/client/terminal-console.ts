// One console figure as a terminal: its buttons, its next command, its keys, and how it survives a
// reload.
import { addBar, button, element, NextButton } from './console-bar'
import { type Console, isTyping, type Refusal } from './console-keys'
import { Connection } from './terminal-connection'
import { type Place, Screen } from './terminal-screen'

type Saved = { id: string; done: number }

/** A second Escape within this time leaves the terminal; after it, the program gets the first. */
const twice = 300 // milliseconds

export type Deck = {
  /** Called before a new terminal opens. */
  opens(): void
  /** Called when the next command may be a different one, or may be typed. */
  changed(of: LiveConsole): void
  /** Called when its terminal has ended. */
  ended(of: LiveConsole): void
  /** Types the next command on the slide, or that of one console. */
  advance(from: LiveConsole, only?: LiveConsole): void
  /** Makes it as large as the slide, or as it was. */
  maximise(one: LiveConsole): void
}

export class LiveConsole implements Console {
  readonly figure: HTMLElement
  screen: Screen | undefined
  readonly #commands: string[]
  readonly #sides: string[]
  readonly #key: string
  readonly #deck: Deck
  readonly #run = new NextButton(() => this.#deck.advance(this, this))
  readonly #stop = button('console-stop', 'End')
  readonly #hint = element('span', 'console-hint')
  #connection: Connection | undefined
  #done = 0
  #isAnswered = true
  #place: Place = 'output'
  #notice: string | undefined
  #escape: ReturnType<typeof setTimeout> | undefined

  constructor(figure: HTMLElement, deck: Deck) {
    this.figure = figure
    this.#deck = deck
    this.#commands = JSON.parse(figure.dataset.commands ?? '[]')
    this.#sides = figure.dataset.sides?.split(' ') ?? []
    this.#hint.role = 'status'
    this.#key = `terminal ${figure.dataset.console}`
    this.#stop.addEventListener('click', () => this.end())
    addBar(figure, this.#hint, this.#run.element, this.#stop)
  }

  get isOpen() {
    return this.#connection !== undefined
  }

  get commands() {
    return this.#commands.length
  }

  get done() {
    return this.#done
  }

  get isSettled() {
    return this.#isAnswered || !this.#connection
  }

  /** Types the next command, if there is one, at the prompt it is for. */
  next(): 'typed' | 'wait' | Refusal {
    if (!this.#connection) this.#open()
    this.screen?.focus()
    const command = this.#commands[this.#done]
    if (command === undefined) return 'typed'
    const place = this.screen?.place ?? 'output'
    if (place === 'output') return 'wait'
    if (place !== this.#sides[this.#done]) return { reason: refusals[place] }
    this.#type(`${command.replaceAll('\n', '\r')}\r`)
    this.#done++
    this.#save()
    return 'typed'
  }

  say(text: string | undefined) {
    this.#notice = text
  }

  /** After a reload: shows the terminal that was here before. */
  resume() {
    const saved: Saved | null = JSON.parse(sessionStorage.getItem(this.#key) ?? 'null')
    if (!saved) return
    this.#done = saved.done
    this.#open(saved.id)
  }

  end() {
    this.#connection?.end()
  }

  #open(id?: string) {
    if (id === undefined) this.#deck.opens()
    this.screen?.dispose()
    this.screen = new Screen(this.figure, {
      typed: (data) => this.#connection?.input(data),
      pressed: (event) => this.#pressed(event),
      resized: (size) => this.#connection?.resize(size),
    })
    this.#connect(this.screen, id)
  }

  #connect(screen: Screen, id?: string) {
    let hasPast = false
    const connection = new Connection(screen.size, id, {
      ready: (id, past) => {
        hasPast = past
        this.#save(id)
        this.#deck.changed(this)
      },
      output: (data) => {
        const shown = () => {
          connection.shown(data.length)
          this.#shown(screen)
        }
        if (hasPast) screen.replay(data, shown)
        else screen.write(data, shown)
        hasPast = false
      },
      lost: () => {
        this.#hint.textContent = 'connection lost, trying again'
      },
      closed: (reason) => this.#closed(reason),
    })
    this.#connection = connection
  }

  #type(keys: string) {
    this.#isAnswered = false
    this.screen?.leavePrompt()
    this.#connection?.input(keys)
  }

  #shown(screen: Screen) {
    if (screen !== this.screen) return
    const { place } = screen
    const isNew = place !== this.#place || (isPrompt(place) && !this.#isAnswered)
    if (isPrompt(place)) this.#isAnswered = true
    this.#place = place
    if (isNew) this.#deck.changed(this)
  }

  #closed(reason: string) {
    const hadFocus = this.figure.contains(document.activeElement)
    this.#connection = undefined
    this.#isAnswered = true
    this.#done = 0
    sessionStorage.removeItem(this.#key)
    this.screen?.write(`\r\n\x1b[2m[${reason}]\x1b[0m\r\n`)
    if (hadFocus) this.figure.focus()
    this.#deck.ended(this)
  }

  #save(id?: string) {
    const saved: Saved | null = JSON.parse(sessionStorage.getItem(this.#key) ?? 'null')
    const known = id ?? saved?.id
    if (known) sessionStorage.setItem(this.#key, JSON.stringify({ id: known, done: this.#done }))
  }

  /** The deck's keys while the terminal has the focus; the program gets all others. */
  #pressed(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return event.key === 'Enter' && event.ctrlKey
    if (event.key === 'Enter' && event.ctrlKey)
      return taken(event, () =>
        event.shiftKey ? this.#deck.maximise(this) : this.#deck.advance(this),
      )
    if (isCopy(event)) return taken(event, () => this.#copy())
    if (event.key === 'Escape') return taken(event, () => this.#pressEscape())
    this.#passEscape()
    // A presenter's remote control sends these. A full-screen program keeps them.
    if (/^Page(Up|Down)$/.test(event.key) && !event.shiftKey && !this.screen?.hasWholeScreen) {
      this.figure.focus()
      return true
    }
    return false
  }

  #pressEscape() {
    if (this.#escape === undefined) {
      this.#escape = setTimeout(() => this.#passEscape(), twice)
      return
    }
    this.#forgetEscape()
    this.figure.focus()
  }

  #passEscape() {
    if (this.#escape !== undefined) this.#connection?.input('\x1b')
    this.#forgetEscape()
  }

  #forgetEscape() {
    clearTimeout(this.#escape)
    this.#escape = undefined
  }

  #copy() {
    const text = this.screen?.selection
    if (text) navigator.clipboard.writeText(text).catch(() => {})
  }

  show(key: string | undefined) {
    const command = this.#commands[this.#done]
    const typing = isTyping(this.figure)
    this.#run.show(command === undefined ? 'Type here' : typing ? '' : 'Run', command, key)
    this.#run.element.hidden = command === undefined && typing
    this.#stop.hidden = !this.isOpen
    const leave = typing ? [element('kbd', '', 'Esc Esc'), ' leaves'] : []
    this.#hint.replaceChildren(...(this.#notice ? [this.#notice] : leave))
    this.#hint.classList.toggle('refused', this.#notice?.startsWith('Not typed') ?? false)
  }
}

const isPrompt = (place: Place) => place === 'host' || place === 'container'

// Short: they stand in the bar.
const refusals: Record<Exclude<Place, 'output'>, string> = {
  host: 'Not typed: it’s for a container, and this is the host. End, then start again',
  container: 'Not typed: it’s for the host. Ctrl-D leaves the container',
  'typed text': 'Not typed: something is typed already. Ctrl-C clears it',
  'whole screen': 'Not typed: leave this program first',
}

function taken(event: KeyboardEvent, action: () => void): true {
  event.preventDefault()
  event.stopPropagation()
  action()
  return true
}

const isCopy = ({ key, ctrlKey, shiftKey }: KeyboardEvent) =>
  ctrlKey && ((shiftKey && key.toLowerCase() === 'c') || key === 'Insert')
