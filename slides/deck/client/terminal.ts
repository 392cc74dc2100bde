// Live terminals on the slides: a key turns a console figure into one.
import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import { isOnCurrentSlide, Keys } from './console-keys'
import { LiveConsole } from './terminal-console'

/** How many stay open. The one on another slide that you used longest ago makes room. */
const mostOpen = 8

export function mountTerminals(root: HTMLElement) {
  const figures = [...root.querySelectorAll<HTMLElement>('figure.console')]
  const consoles = figures.map(
    (figure) =>
      new LiveConsole(figure, {
        opens: () => makeRoom(consoles),
        changed: () => keys.update(),
        advance: (from) => keys.advance(from),
      }),
  )
  const keys = new Keys(consoles)
  for (const console of consoles) console.resume()
}

function makeRoom(consoles: LiveConsole[]) {
  const open = consoles.filter(({ isOpen }) => isOpen)
  const away = open
    .filter(({ figure }) => !isOnCurrentSlide(figure))
    .sort((a, b) => a.lastUse - b.lastUse)
  for (const console of away.slice(0, Math.max(0, open.length - mostOpen + 1))) console.end()
}
