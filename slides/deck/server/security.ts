// Which requests the server answers, and what its answers forbid a browser.
import type { IncomingMessage } from 'node:http'

export type Refusal = { status: number; reason: string }

/** The names a browser on this machine uses for the server; browsers leave out port 80. */
const hosts = (port: number) =>
  ['127.0.0.1', 'localhost'].map((name) => (port === 80 ? name : `${name}:${port}`))

/** Why a request is refused before anything else, if it is. */
export function refuse(request: IncomingMessage, port: number): Refusal | undefined {
  const { host = '', origin } = request.headers
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, reason: `The deck can only be read: it takes no ${request.method}.` }
  // With DNS rebinding, a foreign name leads here, but it still stands in Host.
  if (!hosts(port).includes(host))
    return {
      status: 421,
      reason: `The deck answers only to ${hosts(port).join(' and ')}. Through ssh, use the same port on both sides.`,
    }
  if (origin !== undefined && !isOwn(origin, host))
    return {
      status: 403,
      reason: 'Another site asked for this. The deck answers only its own pages.',
    }
  if (isEmbeddedElsewhere(request))
    return { status: 403, reason: 'Another site embeds this. The deck serves only its own pages.' }
}

const isOwn = (origin: string, host: string) => origin === `http://${host}`

/** The same-origin policy doesn't cover WebSockets: here, no Origin counts as a foreign one. */
export function refuseUpgrade(request: IncomingMessage, port: number): Refusal | undefined {
  const refusal = refuse(request, port)
  if (refusal || request.headers.origin !== undefined) return refusal
  return { status: 403, reason: "Only the deck's own pages may open its WebSocket." }
}

// Any site may link to the deck, but not load its scripts, frames or pictures.
function isEmbeddedElsewhere({ headers }: IncomingMessage) {
  const site = headers['sec-fetch-site']
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink
}

/** Headers of every answer; `script` is the hash of the one inline script. */
export function headers(port: number, script: string): Record<string, string> {
  return {
    'Content-Security-Policy': policy(port, script),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    'Cache-Control': 'no-store',
  }
}

function policy(port: number, script: string) {
  const directives = {
    'default-src': ["'none'"],
    'script-src': ["'self'", script],
    // xterm.js and reveal.js make style sheets at run time.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    // Not every browser lets 'self' cover WebSockets.
    'connect-src': ["'self'", ...hosts(port).map((host) => `ws://${host}`)],
    // The presenter view shows this slide and the next in frames.
    'frame-src': ["'self'"],
    'frame-ancestors': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}
