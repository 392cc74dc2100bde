// Which requests the server listens to at all, and what a browser is told not to do with its answers.
import type { IncomingMessage } from 'node:http'

export type Refusal = { status: number; reason: string }

/** The names under which a browser on this machine knows the server; port 80 is left out by browsers. */
const hosts = (port: number) =>
  ['127.0.0.1', 'localhost'].map((name) => (port === 80 ? name : `${name}:${port}`))

/** Why a request is refused before anything else is looked at, if it is. */
export function refuse(request: IncomingMessage, port: number): Refusal | undefined {
  const { host = '', origin } = request.headers
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, reason: `The deck can only be read, so there is no ${request.method}.` }
  // A foreign name that was made to lead here (DNS rebinding) still stands in Host.
  if (!hosts(port).includes(host))
    return { status: 421, reason: `The deck answers to ${hosts(port).join(' and ')} only.` }
  if (origin !== undefined && !isOwn(origin, host))
    return {
      status: 403,
      reason: 'Another site asked for this: the deck answers to its own pages only.',
    }
  if (isEmbeddedElsewhere(request))
    return { status: 403, reason: 'Another site embeds this: the deck is for its own pages only.' }
}

const isOwn = (origin: string, host: string) => origin === `http://${host}`

/** A WebSocket is not held back by the same-origin policy: here a missing Origin is a foreign one. */
export function refuseUpgrade(request: IncomingMessage, port: number): Refusal | undefined {
  const refusal = refuse(request, port)
  if (refusal || request.headers.origin !== undefined) return refusal
  return { status: 403, reason: 'A WebSocket of the deck is opened by its own pages only.' }
}

// A link to the deck may stand anywhere; a script, a frame or a picture from it may not.
function isEmbeddedElsewhere({ headers }: IncomingMessage) {
  const site = headers['sec-fetch-site']
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink
}

/** `scripts` are the hashes of inline ones; `wasm`: the player of recordings is compiled in the browser. */
export type Needs = { port: number; scripts: string[]; wasm: boolean }

/** Headers of every answer. */
export function headers(needs: Needs): Record<string, string> {
  return {
    'Content-Security-Policy': policy(needs),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    'Cache-Control': 'no-store',
  }
}

function policy({ port, scripts, wasm }: Needs) {
  const directives = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...scripts, ...(wasm ? ["'wasm-unsafe-eval'"] : [])],
    // xterm.js and reveal.js make their style sheets at run time.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    // Not every browser takes 'self' for WebSockets as well.
    'connect-src': ["'self'", ...hosts(port).map((host) => `ws://${host}`)],
    // The presenter's view shows this slide and the next one in frames.
    'frame-src': ["'self'"],
    'frame-ancestors': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}
