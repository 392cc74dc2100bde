// The deck against strangers: other sites in the same browser, other users of the machine, pages
// that ask for more.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseMessage } from '../../slides/deck/server/messages'
import { SEED } from '../harness/random'
import { until } from '../harness/waiting'
import { type Browser, missing, startBrowser } from './browser'
import { ask, connect, cookieOf, type Deck, page, type Peer, serveFixture, unlock } from './fixture'

let deck: Deck
let cookie: string

beforeAll(async () => {
  deck = await serveFixture({ limits: { terminals: 2, grace: 0 } })
  cookie = await cookieOf(deck)
})
afterAll(() => deck?.close())

const own = () => ({ cookie, origin: `http://127.0.0.1:${deck.port}` })

describe('the address', () => {
  test('is only on the loopback interface', () => {
    expect(listeners(deck.port)).toEqual(['0100007F'])
  })

  test.each([
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.evil.example:PORT',
    '[::1]:PORT',
  ])('refuses a rebound name: Host "%s"', async (name) => {
    const host = name.replace('PORT', `${deck.port}`)
    const reply = await ask(deck.port, `/?token=${deck.access.token}`, { host, cookie })
    expect(reply.status).toBeOneOf([400, 421])
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(reply.body).not.toContain('slides')
  })

  test.each(['127.0.0.1', 'localhost'])('answers as %s', async (name) => {
    expect((await ask(deck.port, '/', { host: `${name}:${deck.port}`, cookie })).body).toBe(page)
  })
})

describe('the token', () => {
  test.each([
    ['no token', '/'],
    ['an empty one', '/?token='],
    ['a wrong one', '/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['the beginning of the right one', '/?token=START'],
    ['the right one for an asset', '/assets/deck.css?token=RIGHT'],
  ])('%s gives access to nothing', async (_, path) => {
    const { token } = deck.access
    const asked = path.replace('START', token.slice(0, -1)).replace('RIGHT', token)
    const reply = await ask(deck.port, asked)
    expect(reply.status).toBe(401)
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(reply.body).not.toContain('The slides')
  })

  test('has 256 random bits', () => {
    expect(Buffer.from(deck.access.token, 'base64url')).toHaveLength(32)
    expect(deck.access.ticket()).not.toBe(deck.access.ticket())
  })

  test('becomes a cookie that no script reads and no other site sends, and leaves the address', async () => {
    const { status, headers, body } = await ask(deck.port, `/?step=5&token=${deck.access.token}`)
    expect(status).toBe(200)
    expect(body).toContain('data-to="/?step=5"')
    expect(body).not.toContain(deck.access.token)
    expect(headers['set-cookie']?.[0]).toMatch(
      /^deck-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(headers['set-cookie']?.[0]).not.toContain(deck.access.token)
  })

  test('for the browser we start works once', async () => {
    const ticket = deck.access.ticket()
    expect((await ask(deck.port, `/?token=${ticket}`)).status).toBe(200)
    expect((await ask(deck.port, `/?token=${ticket}`)).status).toBe(401)
  })

  test('may lead elsewhere in the deck, but to no markup', async () => {
    const { body } = await ask(deck.port, `/?a="><script>&token=${deck.access.token}`)
    expect(body).toContain('data-to="/?a=%22%3E%3Cscript%3E"')
  })

  test('is not accepted as a cookie, and neither is the cookie of another deck', async () => {
    const name = cookie.split('=')[0]
    expect((await ask(deck.port, '/', { cookie: `${name}=${deck.access.token}` })).status).toBe(401)
    expect((await ask(deck.port, '/', { cookie: cookie.replace('deck-', 'deck-1') })).status).toBe(
      401,
    )
    expect((await ask(deck.port, '/', { cookie: `${cookie}x` })).status).toBe(401)
    expect((await ask(deck.port, '/', { cookie: `other=1; ${cookie}` })).status).toBe(200)
  })
})

describe('requests of other sites', () => {
  test.each([
    'http://evil.example',
    'null',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
  ])('are refused by their Origin: %s', async (name) => {
    const origin = name.replace('PORT', `${deck.port}`)
    expect((await ask(deck.port, '/', { cookie, origin })).status).toBe(403)
    expect((await connect(deck.port, { cookie, origin })).status).toBe(403)
  })

  test.each([
    ['a script', 'no-cors', 'script'],
    ['a frame', 'navigate', 'iframe'],
    ['a picture', 'no-cors', 'image'],
  ])('are refused as %s in their page', async (_, mode, dest) => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = {
        cookie,
        'sec-fetch-site': site,
        'sec-fetch-mode': mode,
        'sec-fetch-dest': dest,
      }
      expect((await ask(deck.port, '/assets/deck.js', headers)).status).toBe(403)
    }
  })
})

describe('paths', () => {
  test.each([
    '/assets/../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '//etc/passwd',
    '/__proto__',
    'file:///etc/passwd',
  ])('lead nowhere: %s', async (path) => {
    const reply = await ask(deck.port, path, { cookie })
    expect(reply.status).toBeOneOf([400, 404])
    expect(reply.body).not.toMatch(/containers-from-scratch|root:/)
  })

  test('that are too long are refused', async () => {
    expect((await ask(deck.port, `/${'a'.repeat(20_000)}`, { cookie })).status).toBe(431)
  })
})

test('every answer forbids what the deck does not use', async () => {
  const replies = [
    await ask(deck.port, '/', { cookie }),
    await ask(deck.port, '/'),
    await ask(deck.port, '/nothing', { cookie }),
    await ask(deck.port, '/', { host: 'evil.example' }),
    await ask(deck.port, `/?token=${deck.access.token}`),
    await ask(deck.port, '/', { cookie }, 'POST'),
  ]
  expect(replies.map(({ status }) => status)).toEqual([200, 401, 404, 421, 200, 405])
  for (const { headers } of replies) {
    const policy = headers['content-security-policy'] as string
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[\w+/]{43}='; /)
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|http:|\*/)
    for (const directive of [
      "frame-ancestors 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      `connect-src 'self' ws://127.0.0.1:${deck.port} ws://localhost:${deck.port};`,
    ])
      expect(policy).toContain(directive)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
})

describe('the WebSocket of a terminal', () => {
  const open = { type: 'open', cols: 80, rows: 24 }
  const peers: Peer[] = []
  const peer = async (
    headers: Record<string, string> = own(),
    path?: string,
    protocols = unlock(deck),
  ) => {
    const one = await connect(deck.port, headers, path, protocols)
    peers.push(one)
    return one
  }

  afterEach(async () => {
    for (const one of peers.splice(0)) {
      if (one.status !== 101) continue
      if (one.messages.some(({ type }) => type === 'ready')) one.send({ type: 'end' })
      else one.close()
      await one.closed
    }
  })

  test.each([
    ['no cookie', () => ({ origin: own().origin }), 401],
    ['a wrong cookie', () => ({ ...own(), cookie: cookie.replace(/=.*/, '=x') }), 401],
    ['no Origin', () => ({ cookie }), 403],
    ['a rebound Host', () => ({ ...own(), host: `evil.example:${deck.port}` }), 421],
    [
      'a rebound Host and its Origin',
      () => ({
        cookie,
        host: `evil.example:${deck.port}`,
        origin: `http://evil.example:${deck.port}`,
      }),
      421,
    ],
  ] as const)('is not opened with %s', async (_, headers, status) => {
    expect((await peer(headers())).status).toBe(status)
  })

  test.each([
    ['no key', () => []],
    ['a wrong key', () => ['deck', 'A'.repeat(43)]],
    ['the token in its place', () => ['deck', deck.access.token]],
    ['the session of the cookie in its place', () => ['deck', cookie.split('=')[1]]],
  ] as const)('is not opened with the right cookie and %s', async (_, protocols) => {
    expect((await peer(own(), undefined, [...protocols()])).status).toBe(401)
  })

  test('exists at one path only', async () => {
    expect((await peer(own(), '/')).status).toBe(404)
    expect((await peer()).status).toBe(101)
    expect((await peer(own(), '/terminal?file=/bin/sh')).status).toBe(404)
  })

  test.each([
    ['text outside the protocol', 'hello'],
    ['an unknown type', { type: 'spawn', file: '/bin/id' }],
    ['binary data', Buffer.from(JSON.stringify(open))],
    ['input before a terminal', { type: 'input', data: 'id\r' }],
    ['no size', { type: 'open' }],
    ['a size that is too large', { ...open, cols: 100_000 }],
    ['a size that is too small', { ...open, rows: 0 }],
    ['a malformed id', { ...open, id: '../../etc/passwd' }],
  ])('is closed after %s', async (_, message) => {
    const one = await peer()
    one.send(message)
    expect(await one.closed).toBe(1008)
    expect(one.messages).toEqual([])
  })

  test('is closed when a page asks for two terminals', async () => {
    const one = await peer()
    one.send(open)
    one.send(open)
    expect(await one.closed).toBe(1008)
  })

  test('is closed after a message that is too large, without reading it', async () => {
    const one = await peer()
    one.send(open)
    await until(() => one.messages.length > 0)
    one.send({ type: 'input', data: 'x'.repeat(64 * 1024) })
    expect(await one.closed).toBe(1009)
  })

  test('starts the shell, whatever else the page asks for', async () => {
    const one = await peer()
    one.send({
      ...open,
      file: '/bin/echo',
      args: ['chosen by the page'],
      shell: '/bin/echo',
      env: { PS1: 'chosen' },
      cwd: '/',
    })
    await until(() => one.output().includes('$ '))
    one.send({ type: 'input', data: 'echo "$PWD" $0\r' })
    expect(await until(() => one.output().includes(`${process.cwd()} /bin/bash`))).toBe(true)
    expect(one.output()).not.toContain('chosen')
  })

  test('opens no more terminals than the limit', async () => {
    const three = [await peer(), await peer(), await peer()]
    for (const one of three) {
      one.send(open)
      await until(() => one.messages.length > 0)
    }
    expect(three.map(({ messages }) => messages[0].type)).toEqual(['ready', 'ready', 'refused'])
    expect(three[2].messages[0].reason).toContain('2 terminals are open')
  })

  test('gives no terminal for a guessed id', async () => {
    const one = await peer()
    one.send({ ...open, id: 'A'.repeat(43) })
    await one.closed
    expect(one.messages).toEqual([{ type: 'refused', reason: 'It has ended.' }])
  })
})

test('without terminals there is no WebSocket', async () => {
  const silent = await serveFixture({ terminals: false })
  try {
    const silentCookie = await cookieOf(silent)
    const headers = { cookie: silentCookie, origin: `http://127.0.0.1:${silent.port}` }
    expect((await connect(silent.port, headers, '/terminal', unlock(silent))).status).toBe(404)
    expect((await ask(silent.port, '/', { cookie: silentCookie })).body).toBe(page)
  } finally {
    await silent.close()
  }
})

test('whatever a message holds, only the protocol is understood', () => {
  const types = ['open', 'input', 'resize', 'shown', 'end']
  const fields = ['type', 'cols', 'rows', 'id', 'data', 'bytes']
  const some = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constantFrom(...types, null))
  const keys = fc.constantFrom(...fields, '__proto__', 'file')
  const messages = fc.oneof(
    fc.json(),
    fc.dictionary(keys, some).map((value) => JSON.stringify(value)),
    fc.string(),
  )
  fc.assert(
    fc.property(messages, (text) => {
      const message = parseMessage(text)
      if (!message) return
      expect(fields).toEqual(expect.arrayContaining(Object.keys(message)))
      expect(types).toContain(message.type)
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

describe.skipIf(missing('chromium'))('in a browser that has the deck open', () => {
  let browser: Browser
  let evil: Server
  let evilOrigin: string

  beforeAll(async () => {
    evil = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<title>evil</title>'),
    )
    await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done))
    evilOrigin = `http://127.0.0.1:${(evil.address() as { port: number }).port}`
    browser = await startBrowser({ args: ['--host-resolver-rules=MAP *.example 127.0.0.1'] })
    const page = await browser.context.newPage()
    await page.goto(`http://127.0.0.1:${deck.port}/?token=${deck.access.ticket()}`)
    expect(page.url()).toBe(`http://127.0.0.1:${deck.port}/`)
    expect(await page.title()).toBe('The deck')
    expect(await page.evaluate('document.cookie')).toBe('')
  })
  afterAll(async () => {
    await browser?.close()
    evil?.close()
  })

  // Another port of the same host is the same site: SameSite still sends it the cookie.
  test.each(['127.0.0.1', 'evil.example'])(
    'a page of %s opens no terminal and shows nothing of the deck, even in a frame',
    async (name) => {
      const page = await browser.context.newPage()
      await page.goto(evilOrigin.replace('127.0.0.1', name))
      const target = `127.0.0.1:${deck.port}`
      const seen = await page.evaluate(`(async () => {
      const socket = new WebSocket('ws://${target}/terminal')
      const opened = await new Promise((done) => { socket.onopen = () => done(true); socket.onerror = () => done(false) })
      const read = await fetch('http://${target}/', { credentials: 'include' }).then((r) => r.text()).catch(() => 'refused')
      const script = document.createElement('script')
      script.src = 'http://${target}/assets/deck.js'
      const loaded = await new Promise((done) => { script.onload = () => done(true); script.onerror = () => done(false); document.head.append(script) })
      const frame = document.createElement('iframe')
      frame.src = 'http://${target}/'
      await new Promise((done) => { frame.onload = done; document.body.append(frame) })
      return { opened, read, loaded, stolen: window.stolen === true }
    })()`)
      expect(seen).toEqual({ opened: false, read: 'refused', loaded: false, stolen: false })
      const [, frame] = page.frames()
      expect(await frame.content().catch(() => '')).not.toContain('The slides')
      await page.close()
    },
  )
})

/** The addresses at which this network namespace listens on a port, in hexadecimal. */
function listeners(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return ['tcp', 'tcp6'].flatMap((file) =>
    [...readFileSync(`/proc/net/${file}`, 'utf8').matchAll(/: (\w+):(\w{4}) \w+:0000 0A/g)]
      .filter(([, , local]) => local === hex)
      .map(([, address]) => address),
  )
}
