// Live terminals on the slides: each console figure becomes one at a key press.
import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import { LiveConsole } from './terminal-console'

/** As many stay open; of those on other slides, the one that was used longest ago makes room. */
const mostOpen = 8

export function mountTerminals(root: HTMLElement) {
  const figures = [...root.querySelectorAll<HTMLElement>('figure.console')]
  const consoles = figures.map((figure) => new LiveConsole(figure, () => makeRoom(consoles)))
  const isCurrent = (console: LiveConsole) => isOnCurrentSlide(console.figure)

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || isTaken(event)) return
    const current = consoles.filter(isCurrent)
    const chosen = current.find(({ figure }) => figure === document.activeElement) ?? nextOf(current)
    if (!chosen) return
    event.preventDefault()
    chosen.next()
  })

  // What is not on the current slide has no size that could be measured.
  const fitCurrent = () => {
    for (const console of consoles.filter(isCurrent)) console.fit()
  }
  for (const event of ['slidechanged', 'resize', 'overviewhidden']) root.addEventListener(event, fitCurrent)
  for (const console of consoles) console.resume()
  fitCurrent()
}

const nextOf = (consoles: LiveConsole[]) => consoles.find(({ isDone }) => !isDone) ?? consoles.at(-1)

function isOnCurrentSlide(figure: HTMLElement) {
  return figure.closest('section')?.matches('.slides > .present, .slides > .present > .present') ?? false
}

// Enter belongs to what has the focus, to an open dialog, or to the overview.
function isTaken({ target, altKey, metaKey, shiftKey }: KeyboardEvent) {
  if (altKey || metaKey || shiftKey) return true
  if (document.querySelector('dialog[open], .reveal.overview')) return true
  return (target as Element).closest('a, button, input, textarea, select, [contenteditable]') !== null
}

function makeRoom(consoles: LiveConsole[]) {
  const open = consoles.filter(({ isOpen }) => isOpen)
  const away = open.filter(({ figure }) => !isOnCurrentSlide(figure)).sort((a, b) => a.lastUse - b.lastUse)
  for (const console of away.slice(0, Math.max(0, open.length - mostOpen))) console.end()
}
