// The page's end of a terminal's WebSocket. After a lost connection, it comes back to the same
// terminal.
import { type FromPage, type FromServer, protocol } from '../server/messages'

export type Size = { cols: number; rows: number }

export type Events = {
  /** The terminal is there. With `past`, the next output is what it showed before. */
  ready(id: string, past: boolean): void
  output(data: Uint8Array): void
  /** For good: its program has ended, or there is no terminal. */
  closed(reason: string): void
  /** For the moment: it tries again. */
  lost(): void
}

const pause = 500 // milliseconds between two attempts
const attempts = 20
// Fits the server's largest message even if every character is written as an escape.
const largestInput = 8192

export class Connection {
  readonly #events: Events
  #socket: WebSocket | undefined
  #id: string | undefined
  #size: Size
  #failures = 0
  #isUnwanted = false
  #isOver = false

  constructor(size: Size, id: string | undefined, events: Events) {
    this.#size = size
    this.#id = id
    this.#events = events
    this.#connect()
  }

  input(data: string) {
    for (let at = 0; at < data.length; at += largestInput)
      this.#send({ type: 'input', data: data.slice(at, at + largestInput) })
  }

  resize(size: Size) {
    this.#size = size
    this.#send({ type: 'resize', ...size })
  }

  shown(bytes: number) {
    this.#send({ type: 'shown', bytes })
  }

  /** Ends the terminal, as soon as it's there. */
  end() {
    this.#isUnwanted = true
    this.#send({ type: 'end' })
  }

  #send(message: FromPage) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #connect() {
    const key = localStorage.getItem('deck-key')
    if (!key) return this.#close('Open the address that npm run slides printed: it has the key.')
    const socket = new WebSocket(`ws://${location.host}/terminal`, [protocol, key])
    socket.binaryType = 'arraybuffer'
    socket.onopen = () =>
      this.#send({ type: 'open', ...this.#size, ...(this.#id && { id: this.#id }) })
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#take(JSON.parse(data))
      else this.#events.output(new Uint8Array(data))
    }
    socket.onclose = () => this.#isOver || this.#retry()
    this.#socket = socket
  }

  #take(message: FromServer) {
    if (message.type === 'ready') {
      this.#failures = 0
      this.#id = message.id
      this.#events.ready(message.id, message.past)
      if (this.#isUnwanted) this.#send({ type: 'end' })
    } else
      this.#close(
        message.type === 'ended' ? `It ended with status ${message.status}.` : message.reason,
      )
  }

  #retry() {
    if (++this.#failures > attempts)
      return this.#close("The deck's server doesn't answer. Start it again with npm run slides.")
    this.#events.lost()
    setTimeout(() => this.#connect(), pause)
  }

  #close(reason: string) {
    this.#isOver = true
    this.#events.closed(reason)
  }
}
