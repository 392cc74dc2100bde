// The presenter view shows what the deck's terminals show, and passes its keys on. Its current
// slide is a frame with a deck of its own: that and the deck's window send each other messages.
import { bindFrameKeys, type Press } from './keys'
import { Screen, type Written } from './terminal-screen'

type FromFrame = { deck: 'hello' } | { deck: 'press'; press: Press }
type ToFrame = { deck: 'written'; console: string; written: Written }

/** Of each console, what a frame that comes later gets. */
const kept = 256 * 1024

// Files have no origin that a message could be for.
const isFile = location.protocol === 'file:'
const origin = isFile ? '*' : location.origin

/** In the deck's window. */
export function serveFrames(act: (press: Press) => void) {
  const frames = new Set<Window>()
  const past = new Map<string, ToFrame[]>()
  addEventListener('message', ({ data, source, origin }: MessageEvent<FromFrame>) => {
    if (!isFile && origin !== location.origin) return
    if (data?.deck === 'press') act(data.press)
    if (data?.deck !== 'hello' || !source || frames.has(source as Window)) return
    frames.add(source as Window)
    for (const message of [...past.values()].flat()) send(source as Window, message)
  })
  document.addEventListener('written', (event) => {
    const { detail: written } = event as CustomEvent<Written>
    const console = (event.target as HTMLElement).dataset.console ?? ''
    const message: ToFrame = { deck: 'written', console, written }
    past.set(console, trim([...(written.isNew ? [] : (past.get(console) ?? [])), message]))
    for (const frame of frames)
      if (frame.closed) frames.delete(frame)
      else send(frame, message)
  })
}

function trim(messages: ToFrame[]): ToFrame[] {
  let bytes = 0
  const from = messages.findLastIndex(({ written }) => {
    bytes += written.data.length
    return bytes > kept
  })
  return messages.slice(from + 1)
}

const send = (to: Window, message: FromFrame | ToFrame) => to.postMessage(message, origin)

/** In the presenter view's frame of the current slide; that of the next one shows what comes. */
export function joinDeck() {
  const deck: Window | null = parent.opener
  if (!deck || /controls=false/.test(location.search)) return
  const screens = new Map<string, Screen>()
  addEventListener('message', ({ data, source }: MessageEvent<ToFrame>) => {
    if (source !== deck || data?.deck !== 'written') return
    const { console, written } = data
    const figure = document.querySelector<HTMLElement>(`[data-console="${CSS.escape(console)}"]`)
    if (!figure) return
    const screen = screens.get(console) ?? new Screen(figure)
    screens.set(console, screen)
    screen.follow(written)
  })
  for (const event of ['slidechanged', 'resize'])
    addEventListener(event, () => {
      for (const screen of screens.values()) screen.fit()
    })
  bindFrameKeys((press) => send(deck, { deck: 'press', press }))
  // Again and again: the deck forgets its frames when it is loaded anew.
  setInterval(() => send(deck, { deck: 'hello' }), 500)
}
