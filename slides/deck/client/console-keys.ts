// The consoles of a slide share one key: Enter types the next command, in the first console that
// has one left.
import { addMaximise } from './console-bar'
import './console.css'
import type { Screen } from './terminal-screen'

export interface Console {
  readonly figure: HTMLElement
  readonly screen: Screen | undefined
  readonly commands: number
  /** How many have been typed. */
  readonly done: number
  /** Whether the command typed last has been answered. */
  readonly isSettled: boolean
  /**
   * Types the next command; after the last, starts again or takes the focus.
   *
   * @returns 'wait' if it's too early, a sentence if that would type into something else
   */
  next(): 'typed' | 'wait' | Refusal
  /** Says why it doesn't type, or that it waits; nothing if undefined. */
  say(text: string | undefined): void
  /** Updates its bar; `key` is the key that calls next(), if one does. */
  show(key: string | undefined): void
}

export type Refusal = { reason: string }

export class Keys {
  readonly #consoles: Console[]
  readonly #slides: Console[][]
  /** Presses that still have to wait; some are for a certain console. */
  readonly #presses = new Map<Console[], (Console | undefined)[]>()

  constructor(consoles: Console[]) {
    this.#consoles = consoles
    for (const one of consoles) addMaximise(one.figure, () => this.maximise(one))
    const slides = new Set(consoles.map(slideOf))
    this.#slides = [...slides].map((slide) => consoles.filter((one) => slideOf(one) === slide))
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !isTaken(event)) this.#enter(event)
    })
    for (const change of ['focusin', 'focusout'])
      document.addEventListener(change, () => this.update())
    addEventListener('slidechanged', () => this.#enlarge(undefined))
    for (const event of ['resize', 'overviewhidden']) addEventListener(event, () => this.#fit())
    onThemeChange(() => {
      for (const { screen } of consoles) screen?.restyle()
    })
    this.update()
  }

  /**
   * Types the next command on this console's slide, as soon as those before it are answered; with
   * `only`, that console's next command.
   */
  advance(from: Console, only?: Console) {
    const slide = this.#slideOf(from)
    this.#presses.set(slide, [...(this.#presses.get(slide) ?? []), only])
    this.#type(slide)
    this.update()
  }

  /** Types the next command on the current slide. */
  next() {
    const [first] = this.#current()
    if (first) this.advance(first)
  }

  /** Makes a console as large as the slide, or as it was: that with the focus, or the next. */
  maximise(one?: Console) {
    const slide = this.#current()
    const chosen = one ?? slide.find(({ figure }) => isTyping(figure)) ?? nextOf(slide)
    this.#enlarge(slide.some(isMaximised) ? undefined : chosen)
  }

  #enlarge(one: Console | undefined) {
    for (const console of this.#consoles) {
      console.figure.classList.toggle('maximised', console === one)
      const button = console.figure.querySelector('.console-maximise')
      if (button) button.ariaPressed = `${console === one}`
    }
    this.#fit()
  }

  // Only what is on the current slide has a size.
  #fit() {
    for (const { screen } of this.#current()) screen?.fit()
  }

  /** Something new is on this console's screen. */
  changed(from: Console) {
    this.#type(this.#slideOf(from))
    this.update()
  }

  /** This console has ended: what was still to be typed isn't. */
  ended(from: Console) {
    this.#presses.delete(this.#slideOf(from))
    this.update()
  }

  #current = () => this.#slides.find(([{ figure }]) => isOnCurrentSlide(figure)) ?? []

  #slideOf = (one: Console) => this.#slides.find((consoles) => consoles.includes(one)) as Console[]

  #type(slide: Console[]) {
    for (const [index, only] of (this.#presses.get(slide) ?? []).entries()) {
      for (const console of slide) console.say(undefined)
      const busy = slide.find(({ isSettled }) => !isSettled)
      const next = only ?? nextOf(slide)
      const answer = busy ? 'wait' : next.next()
      if (answer === 'wait') {
        this.#presses.set(slide, (this.#presses.get(slide) ?? []).slice(index))
        return (busy ?? next).say('waits for the prompt')
      }
      if (answer !== 'typed') {
        this.#presses.delete(slide)
        return next.say(answer.reason)
      }
      if (slide.some(isMaximised) && !isMaximised(next)) this.#enlarge(next)
    }
    this.#presses.delete(slide)
  }

  update() {
    for (const slide of this.#slides) {
      const next = nextOf(slide)
      const key = slide.some(({ figure }) => isTyping(figure)) ? 'Ctrl Enter' : 'Enter'
      for (const console of slide) console.show(console === next ? key : undefined)
    }
  }

  #enter(event: KeyboardEvent) {
    if (this.#current().length) event.preventDefault()
    this.next()
  }
}

const isMaximised = ({ figure }: Console) => figure.classList.contains('maximised')

/** Calls back when the deck turns dark or light: a terminal doesn't follow style sheets. */
function onThemeChange(callback: () => void) {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ['style'] })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}

const slideOf = ({ figure }: Console) => figure.closest('section')

/** The first with a command left. When all are typed: the one with the focus, or the last. */
const nextOf = (consoles: Console[]): Console =>
  consoles.find(({ done, commands }) => done < commands) ??
  consoles.find(({ figure }) => figure.contains(document.activeElement)) ??
  (consoles.at(-1) as Console)

export const isTyping = (figure: HTMLElement) =>
  figure.contains(document.activeElement) && document.activeElement?.tagName === 'TEXTAREA'

export function isOnCurrentSlide(figure: HTMLElement) {
  return (
    figure.closest('section')?.matches('.slides > .present, .slides > .present > .present') ?? false
  )
}

// Enter belongs to a focused button or link, an open dialog, or the overview.
function isTaken({ target, altKey, metaKey, shiftKey }: KeyboardEvent) {
  if (altKey || metaKey || shiftKey) return true
  if (document.querySelector('dialog[open], .reveal.overview')) return true
  return (
    (target as Element).closest('a, button, input, textarea, select, [contenteditable]') !== null
  )
}
