// The bar of a console figure: buttons and keys, beside its name.

export function addBar(figure: HTMLElement, ...parts: HTMLElement[]) {
  const bar = document.createElement('span')
  bar.className = 'console-bar'
  bar.append(...parts)
  figure.querySelector('figcaption')?.append(bar)
  // Takes the focus when a terminal gives it back.
  figure.tabIndex = -1
}

export function button(className: string, text = '') {
  const element = document.createElement('button')
  return Object.assign(element, { type: 'button', className, textContent: text })
}

export const kbd = (key: string) => Object.assign(document.createElement('kbd'), { textContent: key })

export const code = (command: string) =>
  Object.assign(document.createElement('code'), { textContent: command, title: command })
