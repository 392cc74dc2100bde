// Live terminals on the slides: a key turns a console figure into one.
import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import { isOnCurrentSlide, Keys } from './console-keys'
import { LiveConsole } from './terminal-console'

export function mountTerminals(root: HTMLElement): Keys {
  const figures = [...root.querySelectorAll<HTMLElement>('figure.console')]
  const consoles = figures.map(
    (figure) =>
      new LiveConsole(figure, {
        opens: () => endOthers(consoles),
        changed: (from) => keys.changed(from),
        ended: (from) => keys.ended(from),
        advance: (from, only) => keys.advance(from, only),
        maximise: (one) => keys.maximise(one),
      }),
  )
  const keys = new Keys(consoles)
  for (const console of consoles) console.resume()
  return keys
}

// A container of another slide would be in the way: it has the address, or the name, that this one
// is to get.
function endOthers(consoles: LiveConsole[]) {
  for (const console of consoles)
    if (console.isOpen && !isOnCurrentSlide(console.figure)) console.end()
}
