// One page at one terminal: a WebSocket that speaks messages.ts.
import type { RawData, WebSocket } from 'ws'
import { type FromServer, type Open, parseMessage } from './messages'
import { type Listener, Refused, type Terminal, type Terminals } from './terminals'

/** Bytes in one message of a page; a long paste comes in several. */
export const largestMessage = 64 * 1024

/** Bytes of output that may be on their way to the screen before the program has to wait. */
const ahead = 512 * 1024

const policyViolation = 1008

export function serveTerminal(socket: WebSocket, terminals: Terminals) {
  new Connection(socket, terminals)
}

class Connection implements Listener {
  readonly #socket: WebSocket
  readonly #terminals: Terminals
  #terminal: Terminal | undefined
  #isOpened = false
  #unshown = 0

  constructor(socket: WebSocket, terminals: Terminals) {
    this.#socket = socket
    this.#terminals = terminals
    socket.on('message', (data, isBinary) => this.#take(data, isBinary))
    socket.on('close', () => this.#terminal?.detach(this))
    // After a message that is too large or malformed, ws closes the connection.
    socket.on('error', () => {})
  }

  output(data: Buffer) {
    this.#socket.send(data)
    this.#unshown += data.length
    if (this.#unshown > ahead) this.#terminal?.hold(true)
  }

  ended(status: number) {
    this.#say({ type: 'ended', status })
    this.#socket.close()
  }

  takenOver() {
    this.#say({ type: 'refused', reason: 'Another window shows this terminal now.' })
    this.#socket.close()
  }

  #take(data: RawData, isBinary: boolean) {
    const message = isBinary ? undefined : parseMessage(String(data))
    if (!message || (message.type === 'open') === this.#isOpened)
      return this.#socket.close(policyViolation, 'This is not a message of the deck.')
    const terminal = this.#terminal
    switch (message.type) {
      case 'open':
        return this.#open(message)
      case 'input':
        return terminal?.write(message.data)
      case 'resize':
        return terminal?.resize(message)
      case 'shown':
        return this.#shown(message.bytes)
      case 'end':
        return terminal?.end()
    }
  }

  async #open({ id, ...size }: Open) {
    this.#isOpened = true
    try {
      const terminal = id ? this.#terminals.find(id) : await this.#terminals.open(size)
      const past = terminal.attach(this)
      this.#terminal = terminal
      this.#say({ type: 'ready', id: terminal.id, past: past.length > 0 })
      if (past.length) this.output(past)
      terminal.resize(size)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.#say({ type: 'refused', reason: error.message })
      this.#socket.close()
    }
  }

  #shown(bytes: number) {
    this.#unshown = Math.max(0, this.#unshown - bytes)
    if (this.#unshown <= ahead / 2) this.#terminal?.hold(false)
  }

  #say(message: FromServer) {
    this.#socket.send(JSON.stringify(message))
  }
}
