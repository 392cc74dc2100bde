// A deck without slides, quickly made, and requests to it that no browser would send.
import { type IncomingHttpHeaders, request } from 'node:http'
import { WebSocket } from 'ws'
import { serve } from '../../slides/deck/serve'
import type { Site } from '../../slides/deck/server/http'
import type { Limits } from '../../slides/deck/server/terminals'

export const page = '<!doctype html><title>The deck</title><h1>The slides</h1>'

const site: Site = new Map([
  ['/', { type: 'text/html', body: page }],
  ['/assets/deck.css', { type: 'text/css', body: 'h1 { color: red }' }],
  ['/assets/deck.js', { type: 'text/javascript', body: 'window.stolen = true' }],
])

type Options = { terminals?: boolean; limits?: Partial<Limits>; port?: number }

export const serveFixture = ({ terminals = true, limits, port = 0 }: Options = {}) =>
  serve({ port, terminals, limits, watched: [], make: async () => site })

export type Deck = Awaited<ReturnType<typeof serve>>

export type Reply = { status: number; headers: IncomingHttpHeaders; body: string }

/** A request with exactly this path and these headers. */
export function ask(
  port: number,
  path = '/',
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, headers, method, agent: false },
      (incoming) => {
        let body = ''
        incoming.setEncoding('utf8').on('data', (chunk) => {
          body += chunk
        })
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** What opens a terminal, besides the cookie: a browser sends it for a page's script. */
export const unlock = (deck: Deck) => ['deck', deck.access.key]

/** The cookie the token gives, as a browser sends it back. */
export async function cookieOf(deck: Deck): Promise<string> {
  const { headers } = await ask(deck.port, `/?token=${deck.access.token}`)
  return headers['set-cookie']?.[0].split(';')[0] ?? ''
}

export type Peer = {
  /** That of the refusal, or 101 if the WebSocket opened. */
  status: number
  /** What the server has said so far; output is text. */
  messages: Record<string, unknown>[]
  output: () => string
  send(message: unknown): void
  /** The code with which the server closes. */
  closed: Promise<number>
  close(): void
}

export async function connect(
  port: number,
  headers: Record<string, string>,
  path = '/terminal',
  protocols: string[] = [],
): Promise<Peer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers })
  const messages: Record<string, unknown>[] = []
  let output = ''
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (data, isBinary) => {
    if (isBinary) output += data
    else messages.push(JSON.parse(String(data)))
  })
  const status = await new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101))
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('error', () => resolve(0))
  })
  return {
    status,
    messages,
    output: () => output,
    send: (message) =>
      socket.send(
        typeof message === 'object' && !Buffer.isBuffer(message)
          ? JSON.stringify(message)
          : (message as string),
      ),
    closed,
    close: () => socket.close(),
  }
}
