// Connections that haven't shown yet that they are the presenter's. Any user of the machine can
// open them and stay silent: so each has little time, and the oldest makes room for a new one.
import type { Socket } from 'node:net'

const patience = 5000 // milliseconds
// More than the kernel lets wait for us: a new connection is read before it could be the oldest.
const most = 1024

export class Strangers {
  readonly #sockets = new Map<Socket, NodeJS.Timeout>()

  add(socket: Socket) {
    const timer = setTimeout(() => socket.destroy(), patience)
    this.#sockets.set(socket, timer)
    socket.once('close', () => this.trust(socket))
    const [oldest] = this.#sockets.keys()
    if (this.#sockets.size > most) oldest.destroy()
  }

  /** Lets it stay: it's the presenter's. */
  trust(socket: Socket) {
    clearTimeout(this.#sockets.get(socket))
    this.#sockets.delete(socket)
  }
}
