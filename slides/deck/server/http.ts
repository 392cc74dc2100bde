// The deck over HTTP: one page with its assets, events for reloading, and the WebSocket of a
// terminal. Everything comes from memory.
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Asset } from '../deck'
import { escapeHtml } from '../html'
import { speakerScriptHash } from '../speaker'
import { Access } from './access'
import { largestMessage, serveTerminal } from './connection'
import { protocol } from './messages'
import type { Pages } from './reload'
import { headers, type Refusal, refuse, refuseUpgrade } from './security'
import { Strangers } from './strangers'
import type { Terminals } from './terminals'

/** The deck's page at `/`, and all it loads, by path. */
export type Site = Map<string, Asset>

export type Options = {
  port: number
  /** Called for each request: the deck may have changed. */
  site: () => Promise<Site>
  pages: Pages
  /** Without it, there is no WebSocket at all. */
  terminals?: Terminals
  /** Called if somebody else has read the address for the browser. */
  onIntruder?: () => void
}

export type DeckServer = { port: number; access: Access; close(): Promise<void> }

const loopback = '127.0.0.1'

export async function startServer({
  port: wanted,
  site,
  pages,
  terminals,
  onIntruder,
}: Options): Promise<DeckServer> {
  const server = createServer({
    maxHeaderSize: 8192,
    requestTimeout: 10_000,
    headersTimeout: 10_000,
  })
  const strangers = new Strangers()
  server.on('connection', (socket) => strangers.add(socket))
  server.listen({ host: loopback, port: wanted })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const access = new Access(port)
  const always = headers(port, speakerScriptHash())
  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value)
    const refusal = refuse(request, port)
    if (refusal) return send(response, refused(refusal))
    const [path, words] = (request.url ?? '').split('?', 2)
    const query = new URLSearchParams(words)
    if (path === '/' && query.has('token')) {
      const answer = letIn(query, access)
      if (access.isBetrayed) response.once('close', () => onIntruder?.())
      return send(response, answer)
    }
    if (!access.knows(request.headers.cookie)) return send(response, refused(unknown))
    strangers.trust(request.socket)
    if (path === '/enter.js') return send(response, enter)
    if (path === '/events' && request.method === 'GET') return pages.add(response)
    reply(path, site)
      .catch((error) => refused({ status: 500, reason: error.message }))
      .then((answer) => send(response, answer))
  })
  const sockets = terminals && acceptTerminals(server, port, access, terminals)
  sockets?.on('connection', (_, { socket }) => strangers.trust(socket))
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

type Reply = { status: number; type: string; body: string | Buffer; more?: OutgoingHttpHeaders }

const refused = ({ status, reason }: Refusal): Reply => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${reason}\n`,
})

async function reply(path: string, site: Options['site']): Promise<Reply> {
  // Paths are keys of a map: none can name a file.
  const asset = (await site()).get(path)
  if (!asset) return refused({ status: 404, reason: 'The deck has no such page.' })
  const charset = asset.type.startsWith('text/') ? '; charset=utf-8' : ''
  return { status: 200, type: asset.type + charset, body: asset.body }
}

// Drops the token from the address, and so from the browser's history and the projector.
function letIn(query: URLSearchParams, access: Access): Reply {
  if (!access.admits(query.get('token') ?? ''))
    return refused(access.isBetrayed ? betrayed : unknown)
  query.delete('token')
  const to = query.size ? `/?${query}` : '/'
  const body =
    '<!doctype html><meta charset="utf-8"><title>The deck</title>' +
    `<body data-key="${access.key}" data-to="${escapeHtml(to)}"><script src="/enter.js"></script>`
  const more = { 'Set-Cookie': access.cookie() }
  return { status: 200, type: 'text/html; charset=utf-8', body, more }
}

// The page's storage belongs to its port alone, as a cookie doesn't.
const enter: Reply = {
  status: 200,
  type: 'text/javascript; charset=utf-8',
  body: `const { key, to } = document.body.dataset
localStorage.setItem('deck-key', key)
location.replace(to + location.hash)
`,
}

function send(response: ServerResponse, { status, type, body, more }: Reply) {
  const length = Buffer.byteLength(body)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length, ...more }).end(body)
}

const unknown: Refusal = {
  status: 401,
  reason:
    'Open the address with the token that `npm run slides` printed. A browser needs it once each time the deck starts.',
}

const betrayed: Refusal = {
  status: 401,
  reason:
    'This address was used before, and it is good once. Another user of this machine may have read it: the deck ends. Start it again with --no-open, and open the address it prints.',
}

const locked: Refusal = { status: 401, reason: "A terminal opens only with the page's key." }

function acceptTerminals(server: Server, port: number, access: Access, terminals: Terminals) {
  const sockets = new WebSocketServer({
    server,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    handleProtocols: () => protocol,
    verifyClient: ({ req }, answer) => {
      const refusal = refuseUpgrade(req, port) ?? refuseVisitor(req, access)
      answer(!refusal, refusal?.status, refusal?.reason)
    },
  })
  sockets.on('connection', (socket) => serveTerminal(socket, terminals))
  return sockets
}

function refuseVisitor(request: IncomingMessage, access: Access): Refusal | undefined {
  if (!access.knows(request.headers.cookie)) return unknown
  if (request.url !== '/terminal') return { status: 404, reason: 'The deck has no such WebSocket.' }
  if (!access.unlocks(request.headers['sec-websocket-protocol'])) return locked
}
