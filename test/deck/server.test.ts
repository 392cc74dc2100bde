// npm run slides: how it starts, what it says, how it reloads, and what it does without terminals.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { reloadScript } from '../../slides/deck/bundle'
import { serve } from '../../slides/deck/serve'
import { whyNoBrowser } from '../../slides/deck/server/browser'
import type { Site } from '../../slides/deck/server/http'
import { HANG, until } from '../harness/waiting'
import { repository } from '../harness/work'
import { type Browser, missing, startBrowser } from './browser'
import { ask, connect, cookieOf, type Deck } from './fixture'
import { LiveDeck } from './live'

const slides = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/run.mjs', 'slides', ...args], {
    cwd: repository,
    encoding: 'utf8',
    timeout: HANG,
  })

describe('the command', () => {
  let deck: LiveDeck | undefined

  afterEach(async () => {
    await deck?.end()
    deck = undefined
  })

  test('warns what a terminal in a browser is, and ends with Ctrl-C', async () => {
    deck = await LiveDeck.start([])
    await deck.says('A terminal in this deck is a root shell on this machine')
    expect(await deck.end('SIGINT')).toBe(130)
  })

  test('--no-terminal serves no terminals, and warns of none', async () => {
    deck = await LiveDeck.start([], ['--no-terminal'])
    await deck.says('Ctrl-C')
    expect(deck.said).not.toContain('root shell')
    await expectNoTerminals(deck)
  })

  test('an option out of its range is refused', () => {
    const ended = slides('--grace', '-1')
    expect(ended.stderr).toContain('from 1 to 3600')
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect([ended.status, ended.stdout]).toEqual([2, ''])
  })

  test('a port in use that you asked for is refused with a sentence', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as { port: number }
    const ended = slides('--no-open', '--port', `${port}`)
    other.close()
    expect(ended.stderr).toBe(
      `✖ The deck can't be served at 127.0.0.1:${port} (EADDRINUSE). Another program uses this port: choose another with --port, or leave it out.\n`,
    )
    expect(ended.status).toBe(1)
  })

  test('without /dev/ptmx, the deck is still served, and says why it has no terminals', async () => {
    const hide = [
      'for name in null zero random urandom tty; do touch "$0"/$name; mount --bind /dev/$name "$0"/$name; done',
      'mkdir "$0"/shm',
      'mount --rbind "$0" /dev && exec "$@"',
    ]
    const folder = mkdtempSync(join(tmpdir(), 'deck-dev-'))
    try {
      deck = await LiveDeck.start(['unshare', '--mount', 'sh', '-ec', hide.join('\n'), folder])
      await deck.says("/dev/ptmx can't be opened (ENOENT)")
      await expectNoTerminals(deck)
    } finally {
      await deck?.end()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('the binary of node-pty is missed in a sentence', () => {
  const script = `const Module = require('node:module'); const load = Module._load
    Module._load = (name, ...rest) => {
      if (name.includes('node-pty-linux')) throw Object.assign(new Error('hidden'), { code: 'MODULE_NOT_FOUND' })
      return load(name, ...rest)
    }
    console.log(require('./slides/deck/server/shell').whyNoTerminals())`
  const node = ['--require', 'tsx/cjs', '--eval', script]
  const said = execFileSync(process.execPath, node, { cwd: repository, encoding: 'utf8' })
  expect(said).toContain(`no binary for linux ${process.arch}`)
})

async function expectNoTerminals({ url }: LiveDeck) {
  const { port, search, origin } = new URL(url)
  const { headers } = await ask(Number(port), `/${search}`)
  const cookie = headers['set-cookie']?.[0].split(';')[0] ?? ''
  expect((await ask(Number(port), '/terminal', { cookie })).status).toBe(404)
  expect((await connect(Number(port), { cookie, origin })).status).toBe(404)
}

test.each([
  [0, { DISPLAY: ':0' }, 'a browser should not run as root'],
  [1000, { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1' }, 'this is an ssh session'],
  [1000, {}, 'there is no display'],
  [1000, { WSL_DISTRO_NAME: 'Debian' }, undefined],
  [1000, { DISPLAY: ':0', SSH_CONNECTION: '' }, undefined],
])('user %s with %j: why no browser is opened: %s', (uid, env, reason) => {
  expect(whyNoBrowser(uid, env)).toBe(reason)
})

test('of two changes, the later one wins, even if the first takes longer', async () => {
  let text = ''
  const started: string[] = []
  let finish = () => {}
  const slow = new Promise<void>((resolve) => {
    finish = resolve
  })
  const make = async () => {
    const made = text
    started.push(made)
    if (made === 'slow') await slow
    return new Map([['/', { type: 'text/html', body: made }]])
  }
  const deck = await serve({ port: 0, terminals: false, watched: [], make })
  try {
    text = 'slow'
    const first = deck.changed()
    await until(() => started.includes('slow'))
    text = 'quick'
    const second = deck.changed()
    finish()
    await Promise.all([first, second])
    expect((await ask(deck.port, '/', { cookie: await cookieOf(deck) })).body).toBe('quick')
  } finally {
    await deck.close()
  }
})

describe.skipIf(missing('chromium'))('live reload', () => {
  let folder: string
  let deck: Deck
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deck-reload-'))
    writeFileSync(join(folder, 'slide'), 'first')
    deck = await serve({
      port: 0,
      terminals: false,
      watched: [folder],
      make: async () => made(folder),
    })
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await deck?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows a change, and shows a mistake until it is fixed', async () => {
    const page = await browser.context.newPage()
    await page.goto(`http://127.0.0.1:${deck.port}/?token=${deck.access.ticket()}`)
    const heading = page.locator('h1')
    expect(await heading.textContent()).toBe('first')
    await deck.watching

    writeFileSync(join(folder, 'slide'), 'second')
    expect(
      await until(async () => (await heading.textContent().catch(() => '')) === 'second'),
    ).toBe(true)

    writeFileSync(join(folder, 'slide'), 'broken')
    const problem = page.getByRole('alert')
    expect(await until(async () => (await problem.count()) === 1)).toBe(true)
    expect(await problem.textContent()).toBe('slides/slide:1: <b>this</b> is broken\nin two lines')
    expect(await heading.textContent()).toBe('second')
    expect((await ask(deck.port, '/', { cookie: await cookieOf(deck) })).body).toContain('second')

    writeFileSync(join(folder, 'slide'), 'third')
    expect(await until(async () => (await heading.textContent().catch(() => '')) === 'third')).toBe(
      true,
    )
    expect(await problem.count()).toBe(0)
  })
})

async function made(folder: string): Promise<Site> {
  const text = readFileSync(join(folder, 'slide'), 'utf8')
  if (text === 'broken') throw new Error('slides/slide:1: <b>this</b> is broken\nin two lines')
  const html = `<!doctype html><title>x</title><body><h1>${text}</h1><script src="/reload.js"></script></body>`

  return new Map([
    ['/', { type: 'text/html', body: html }],
    ['/reload.js', { type: 'text/javascript', body: await reloadScript() }],
    ['/favicon.ico', { type: 'image/x-icon', body: '' }],
  ])
}
