// Who may use the deck: a browser that opens the printed address, and from then on has a cookie.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const ticketLife = 60_000 // milliseconds

export class Access {
  /** For the address a person copies: good as long as the server runs. */
  readonly token = secret()
  readonly #session = secret()
  readonly #tickets = new Map<string, number>()
  readonly #cookie: string

  constructor(port: number) {
    // Cookies belong to a host, whatever the port. A port in the name keeps two decks apart.
    this.#cookie = `deck-${port}`
  }

  /** Good once, for a minute: every user of the machine can read what a browser is started with. */
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
    const ours = cookies.split('; ').find((cookie) => cookie.startsWith(prefix))
    return ours !== undefined && same(ours.slice(prefix.length), this.#session)
  }
}

/** 256 random bits, in letters that an address may hold. */
export const secret = () => randomBytes(32).toString('base64url')

// Digests have one length, so that timing tells neither the length of a secret nor its beginning.
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
const digest = (text: string) => createHash('sha256').update(text).digest()
