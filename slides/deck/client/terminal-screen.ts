// What a terminal shows: xterm.js in a figure of a slide that reveal.js scales.
import { FitAddon } from '@xterm/addon-fit'
import { type IMarker, type ITheme, Terminal } from '@xterm/xterm'

export type Keys = {
  typed(data: string): void
  /** Takes the deck's keys; true if this was one, and so not for the program. */
  pressed(event: KeyboardEvent): boolean
  resized(size: { cols: number; rows: number }): void
}

/** What a screen of this size got; if it is new, in place of everything else. */
export type Written = { data: Uint8Array | string; isNew: boolean; cols: number; rows: number }

/** Whose prompt, or what else. */
export type Place = 'host' | 'container' | 'typed text' | 'whole screen' | 'output'

export class Screen {
  readonly #figure: HTMLElement
  readonly element = document.createElement('div')
  readonly #inner = document.createElement('div')
  readonly #terminal: Terminal
  readonly #fit = new FitAddon()
  #isReplay = false
  #isNew = true
  /** The size of the screen that this one shows. */
  #followed: { cols: number; rows: number } | undefined
  /** Where the host's prompt was last. */
  #prompt: { marker: IMarker; column: number } | undefined
  /** Whether a line was typed that isn't on the screen yet. */
  #isTyped = false

  /** In place of the figure's transcript. Without keys, it only shows. */
  constructor(figure: HTMLElement, keys?: Keys) {
    this.#figure = figure
    this.element.className = 'screen'
    this.#inner.className = 'screen-inner'
    this.element.append(this.#inner)
    this.#terminal = new Terminal({
      cursorInactiveStyle: 'outline',
      fontFamily: 'monospace',
      lineHeight: 1.1,
      minimumContrastRatio: 4.5,
      scrollback: 5000,
      // A program may print links; none leads out of the deck.
      linkHandler: { activate() {} },
    })
    this.#terminal.loadAddon(this.#fit)
    this.#terminal.parser.registerOscHandler(133, () => this.#hostPrompt())
    this.#terminal.onLineFeed(() => {
      this.#isTyped = false
    })
    figure.classList.add('live')
    figure.append(this.element)
    this.#terminal.open(this.#inner)
    const input = this.#terminal.textarea as HTMLTextAreaElement
    input.setAttribute('aria-label', `Terminal: ${figure.dataset.terminal}`)
    if (keys) this.#take(keys)
    else {
      // A terminal shows its cursor once it has had the focus; the page keeps the real one.
      input.dispatchEvent(new FocusEvent('focus'))
      input.disabled = true
    }
    this.restyle()
    this.fit()
  }

  #take({ typed, pressed, resized }: Keys) {
    // Old output may hold questions to the terminal. Nobody waits for these answers any more.
    this.#terminal.onData((data) => this.#isReplay || typed(data))
    this.#terminal.onResize(resized)
    this.#terminal.attachCustomKeyEventHandler((event) => !pressed(event))
  }

  get size() {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows }
  }

  /** Shows a terminal's past, in place of everything else. */
  replay(data: Uint8Array | string, done?: () => void) {
    this.#terminal.reset()
    this.#isReplay = true
    this.#isNew = true
    this.#tell(data)
    this.#terminal.write(data, () => {
      this.#isReplay = false
      done?.()
    })
  }

  write(data: Uint8Array | string, done?: () => void) {
    this.#tell(data)
    this.#terminal.write(data, done)
  }

  /** Shows what another screen shows. */
  follow({ data, isNew, ...size }: Written) {
    this.#followed = size
    this.fit()
    if (isNew) this.replay(data)
    else this.write(data)
  }

  #tell(data: Uint8Array | string) {
    const detail: Written = { data, isNew: this.#isNew, ...this.size }
    this.#isNew = false
    this.#figure.dispatchEvent(new CustomEvent('written', { detail, bubbles: true }))
  }

  // The shell of the host marks the end of its prompt: nothing else does.
  #hostPrompt() {
    const marker = this.#terminal.registerMarker()
    this.#prompt = { marker, column: this.#terminal.buffer.active.cursorX }
    return true
  }

  /** What the cursor stands behind. */
  get place(): Place {
    const { type, baseY, cursorY, cursorX } = this.#terminal.buffer.active
    if (type === 'alternate') return 'whole screen'
    if (this.#isTyped) return 'output'
    const line = baseY + cursorY
    if (this.#prompt?.marker.line === line && this.#prompt.column === cursorX) return 'host'
    const text = this.#textBefore(line, cursorX)
    if (/(^|\s)container:\/[^#]*# $/.test(text)) return 'container'
    return /^\$ ./.test(text) || /(^|\s)container:\/[^#]*# ./.test(text) ? 'typed text' : 'output'
  }

  /** A line is about to be typed: this prompt counts no more. */
  leavePrompt() {
    this.#prompt = undefined
    this.#isTyped = true
  }

  /** A long line takes several rows. */
  #textBefore(last: number, column: number): string {
    const row = (index: number) => this.#terminal.buffer.active.getLine(index)
    let text = row(last)?.translateToString(false, 0, column) ?? ''
    for (let index = last; row(index)?.isWrapped; index--)
      text = (row(index - 1)?.translateToString(false) ?? '') + text
    return text
  }

  focus() {
    this.#terminal.focus()
  }

  get selection() {
    return this.#terminal.getSelection()
  }

  get hasWholeScreen() {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /**
   * Fills its place. reveal.js scales slides, which would confuse xterm.js's mouse coordinates: so
   * this undoes the scale, and makes the letters larger instead.
   */
  fit() {
    const { offsetWidth: width, offsetHeight: height } = this.element
    if (!width || !height) return
    const scale = this.element.getBoundingClientRect().width / width
    Object.assign(this.#inner.style, {
      width: `${width * scale}px`,
      height: `${height * scale}px`,
      transform: `scale(${1 / scale})`,
    })
    const letters = Number.parseFloat(this.#style.fontSize) * scale
    this.#terminal.options.fontSize = Math.round(letters * 2) / 2
    if (this.#followed) this.#fitTo(this.#followed, letters)
    else this.#fit.fit()
  }

  // As many columns and rows as the other screen has, so perhaps smaller.
  #fitTo({ cols, rows }: { cols: number; rows: number }, letters: number) {
    const room = this.#fit.proposeDimensions()
    const part = Math.min(1, (room?.cols ?? cols) / cols, (room?.rows ?? rows) / rows)
    this.#terminal.options.fontSize = Math.floor(letters * part * 2) / 2
    this.#terminal.resize(cols, rows)
  }

  /** Uses the deck's colours and font. */
  restyle() {
    this.#terminal.options.fontFamily = this.#style.fontFamily
    this.#terminal.options.theme = theme(this.#style)
  }

  get #style() {
    return getComputedStyle(this.element)
  }

  dispose() {
    this.#terminal.dispose()
    this.element.remove()
  }
}

function theme({ color, backgroundColor }: CSSStyleDeclaration): ITheme {
  return {
    foreground: color,
    background: backgroundColor,
    cursor: color,
    cursorAccent: backgroundColor,
    selectionBackground: '#8ab4ff66',
  }
}
