// Who may use the deck: whoever has the address that was printed, and from then on the browser that opened it.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const ticketLife = 60_000 // milliseconds

export class Access {
  /** For the address that a person copies: good as long as the server runs. */
  readonly token = secret()
  readonly #session = secret()
  readonly #tickets = new Map<string, number>()
  readonly #cookie: string

  constructor(port: number) {
    // A cookie belongs to a host with all its ports: without the port in its name, two decks take each other's.
    this.#cookie = `deck-${port}`
  }

  /** Good once and for a minute: what a browser is started with can be read by every user of the machine. */
  ticket(): string {
    const ticket = secret()
    this.#tickets.set(ticket, Date.now() + ticketLife)
    return ticket
  }

  admits(presented: string): boolean {
    if (same(presented, this.token)) return true
    const found = [...this.#tickets].find(([ticket]) => same(presented, ticket))
    if (!found) return false
    this.#tickets.delete(found[0])
    return Date.now() < found[1]
  }

  /** The value of Set-Cookie. */
  cookie(): string {
    return `${this.#cookie}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`
  }

  knows(cookies = ''): boolean {
    const prefix = `${this.#cookie}=`
    const own = cookies.split('; ').find((cookie) => cookie.startsWith(prefix))
    return own !== undefined && same(own.slice(prefix.length), this.#session)
  }
}

/** 256 random bits, as they may stand in an address. */
export const secret = () => randomBytes(32).toString('base64url')

// Digests have one length, so that neither the length of a secret nor its beginning can be timed.
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
const digest = (text: string) => createHash('sha256').update(text).digest()
