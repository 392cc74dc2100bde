// A machine in the copy of the network: it listens, and connects when it's told to.
import { createConnection, createServer } from 'node:net'

export const ports = [443, 8000]

/** Listens, on every address that this machine has or will have. */
export const listen = () =>
  Promise.all(
    ports.map((port) => {
      const server = createServer((socket) => socket.on('error', () => {}).end())
      return new Promise((done) => server.listen(port, '0.0.0.0', () => done(server)))
    }),
  )

/**
 * Whether a connection comes about, within so many milliseconds.
 * @returns {Promise<boolean>}
 */
export function reaches(address, port, patience) {
  return new Promise((done) => {
    const socket = createConnection({ host: address, port })
    const end = (reached) => {
      socket.destroy()
      clearTimeout(timer)
      done(reached)
    }
    const timer = setTimeout(end, patience, false)
    socket.on('error', () => end(false)).on('connect', () => end(true))
  })
}

if (process.send) {
  process.on('message', async (/** @type {any} */ { id, address, port, patience }) => {
    process.send?.({ id, reached: await reaches(address, port, patience) })
  })
  process.on('disconnect', () => process.exit())
  await listen()
  process.send({ ready: true })
}
