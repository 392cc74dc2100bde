// The deck over HTTP: one page with its assets, events for reloading, and the WebSocket of a
// terminal. Everything comes from memory.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { speakerScriptHash } from '../speaker'
import { Access } from './access'
import { largestMessage, serveTerminal } from './connection'
import type { Pages } from './reload'
import { headers, type Refusal, refuse, refuseUpgrade } from './security'
import type { Site } from './site'
import type { Terminals } from './terminals'

export type Options = {
  port: number
  /** Called for each request: the deck may have changed. */
  site: () => Promise<Site>
  pages: Pages
  /** Without it, there is no WebSocket at all. */
  terminals?: Terminals
}

export type DeckServer = { port: number; access: Access; close(): Promise<void> }

const loopback = '127.0.0.1'
const mostConnections = 128

export async function startServer({
  port: wanted,
  site,
  pages,
  terminals,
}: Options): Promise<DeckServer> {
  const server = createServer({
    maxHeaderSize: 8192,
    requestTimeout: 10_000,
    headersTimeout: 10_000,
  })
  server.maxConnections = mostConnections
  const scripts = [speakerScriptHash()]
  const port = await listen(server, wanted)
  const access = new Access(port)
  const always = headers({ port, scripts, wasm: !terminals })
  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value)
    const answer = new Answer(request, response, access)
    const refusal = refuse(request, port)
    if (refusal) answer.refuse(refusal)
    else
      answer
        .give(site, pages)
        .catch((error) => answer.refuse({ status: 500, reason: error.message }))
  })
  const sockets = terminals && upgrades(server, port, access, terminals)
  return {
    port,
    access,
    close: async () => {
      pages.close()
      for (const socket of sockets?.clients ?? []) socket.terminate()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: loopback, port }, () =>
      resolve((server.address() as { port: number }).port),
    )
  })
}

class Answer {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #access: Access
  readonly #path: string
  readonly #query: URLSearchParams

  constructor(request: IncomingMessage, response: ServerResponse, access: Access) {
    this.#request = request
    this.#response = response
    this.#access = access
    const [path, query] = (request.url ?? '').split('?', 2)
    this.#path = path
    this.#query = new URLSearchParams(query)
  }

  async give(site: Options['site'], pages: Pages) {
    const token = this.#query.get('token')
    if (this.#path === '/' && token !== null) return this.#letIn(token)
    if (!this.#access.knows(this.#request.headers.cookie)) return this.refuse(unknown)
    if (this.#path === '/events') return this.#events(pages)
    // Paths are keys of a map: none can name a file.
    const asset = (await site()).get(this.#path)
    if (!asset) return this.refuse({ status: 404, reason: 'The deck has no such page.' })
    const charset = asset.type.startsWith('text/') ? '; charset=utf-8' : ''
    this.#send(200, asset.type + charset, asset.body)
  }

  refuse({ status, reason }: Refusal) {
    this.#send(status, 'text/plain; charset=utf-8', `${reason}\n`)
  }

  // Drops the token from the address, and so from the browser's history and the projector.
  #letIn(token: string) {
    if (!this.#access.admits(token)) return this.refuse(unknown)
    const rest = this.#query
    rest.delete('token')
    this.#response.setHeader('Set-Cookie', this.#access.cookie())
    this.#response.setHeader('Location', rest.size ? `/?${rest}` : '/')
    this.#send(303, 'text/plain', '')
  }

  #events(pages: Pages) {
    this.#response.setHeader('Content-Type', 'text/event-stream')
    if (this.#request.method === 'HEAD') this.#response.end()
    else if (!pages.add(this.#response))
      this.refuse({ status: 503, reason: 'Too many pages are open.' })
  }

  #send(status: number, type: string, body: string | Buffer) {
    this.#response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    })
    this.#response.end(body)
  }
}

const unknown: Refusal = {
  status: 401,
  reason:
    'Open the address with the token that `npm run slides` printed. A browser needs it once each time the deck starts.',
}

function upgrades(
  server: Server,
  port: number,
  access: Access,
  terminals: Terminals,
): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal =
      refuseUpgrade(request, port) ??
      refuseVisitor(request, access) ??
      refuseCrowd(sockets.clients.size)
    if (refusal) return end(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveTerminal(webSocket, terminals))
  })
  return sockets
}

function refuseVisitor(request: IncomingMessage, access: Access): Refusal | undefined {
  if (!access.knows(request.headers.cookie)) return unknown
  if (request.url !== '/terminal') return { status: 404, reason: 'The deck has no such WebSocket.' }
}

const mostSockets = 32
const refuseCrowd = (sockets: number): Refusal | undefined =>
  sockets < mostSockets ? undefined : { status: 503, reason: 'Too many terminals are open.' }

function end(socket: Duplex, { status, reason }: Refusal) {
  socket.on('error', () => {})
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`,
  )
}
