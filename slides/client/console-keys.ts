// Enter on a slide with consoles: the next command of the one that has the focus, or of the first with one left.
import './console.css'

export type Console = { readonly figure: HTMLElement; readonly isDone: boolean; next(): void }

export function bindEnter(consoles: Console[]) {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || isTaken(event)) return
    const current = consoles.filter(({ figure }) => isOnCurrentSlide(figure))
    const chosen = current.find(({ figure }) => figure === document.activeElement) ?? nextOf(current)
    if (!chosen) return
    event.preventDefault()
    chosen.next()
  })
}

const nextOf = (consoles: Console[]) => consoles.find(({ isDone }) => !isDone) ?? consoles.at(-1)

export function isOnCurrentSlide(figure: HTMLElement) {
  return figure.closest('section')?.matches('.slides > .present, .slides > .present > .present') ?? false
}

// Enter belongs to what has the focus, to an open dialog, or to the overview.
function isTaken({ target, altKey, metaKey, shiftKey }: KeyboardEvent) {
  if (altKey || metaKey || shiftKey) return true
  if (document.querySelector('dialog[open], .reveal.overview')) return true
  return (target as Element).closest('a, button, input, textarea, select, [contenteditable]') !== null
}
