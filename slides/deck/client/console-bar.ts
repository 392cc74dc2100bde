// The bar of a console figure: buttons and keys, beside its name.

export function addBar(figure: HTMLElement, ...parts: HTMLElement[]) {
  const bar = element('span', 'console-bar')
  bar.append(...parts)
  // Clicking a button must not take the focus from the terminal.
  bar.addEventListener('mousedown', (event) => event.preventDefault())
  figure.querySelector('figcaption')?.append(bar)
  // So that it can have the focus when its terminal gives it up.
  figure.tabIndex = -1
}

export function button(className: string, text = '') {
  return Object.assign(element('button', className, text), { type: 'button' })
}

/** Makes the figure as large as the slide, or as it was. */
export function addMaximise(figure: HTMLElement, action: () => void) {
  const maximise = button('console-maximise')
  maximise.ariaLabel = maximise.title = 'Maximise (Z, or Ctrl Shift Enter)'
  maximise.ariaPressed = 'false'
  maximise.addEventListener('click', action)
  figure.querySelector('.console-bar')?.append(maximise)
}

/** Shows the next command, and the key that types it. */
export class NextButton {
  readonly element = button('console-run')
  readonly #word = element('span')
  readonly #command = element('code')
  readonly #key = element('kbd')

  constructor(next: () => void) {
    this.element.append(this.#word, this.#command, this.#key)
    this.element.addEventListener('click', next)
  }

  show(word: string, command = '', key = '') {
    for (const [part, text] of [
      [this.#word, word],
      [this.#command, command],
      [this.#key, key],
    ] as const) {
      part.textContent = text
      part.hidden = text === ''
    }
    this.element.title = command
  }
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  text = '',
) {
  return Object.assign(document.createElement(name), { className, textContent: text })
}
