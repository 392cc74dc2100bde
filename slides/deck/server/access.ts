// Who may use the deck: a browser that opens the printed address. From then on it has a cookie for
// the slides, and a key for the terminals.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { protocol } from './messages'

export const ticketLife = 60_000 // milliseconds

type Ticket = { until: number; isUsed: boolean }

export class Access {
  /** For the address a person copies: good as long as the server runs. */
  readonly token = secret()
  /**
   * What a page's script shows to open a terminal. Browsers send a cookie to every port of a host,
   * and so to other users' servers; this lies in the page's storage, which is for its port alone.
   */
  readonly key = secret()
  readonly #session = secret()
  readonly #tickets = new Map<string, Ticket>()
  readonly #cookie: string
  #isBetrayed = false

  constructor(port: number) {
    // A port in the name keeps the cookies of two decks apart.
    this.#cookie = `deck-${port}`
  }

  /** Good once, for a minute. */
  ticket(): string {
    const ticket = secret()
    this.#tickets.set(ticket, { until: Date.now() + ticketLife, isUsed: false })
    return ticket
  }

  admits(presented: string): boolean {
    if (same(presented, this.token)) return true
    const [, ticket] = [...this.#tickets].find(([known]) => same(presented, known)) ?? []
    if (!ticket) return false
    this.#isBetrayed ||= ticket.isUsed
    if (ticket.isUsed) return false
    ticket.isUsed = true
    return Date.now() < ticket.until
  }

  /** Whether a ticket came a second time: somebody else has read it. */
  get isBetrayed(): boolean {
    return this.#isBetrayed
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

  /** Whether the protocols a page offers for its WebSocket are ours, with the key. */
  unlocks(protocols = ''): boolean {
    const [name, key = ''] = protocols.split(/, */)
    return name === protocol && same(key, this.key)
  }
}

/** 256 random bits, in letters that an address may hold. */
export const secret = () => randomBytes(32).toString('base64url')

// Digests have one length, so that timing tells neither the length of a secret nor its beginning.
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
const digest = (text: string) => createHash('sha256').update(text).digest()
