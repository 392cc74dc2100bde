// npm run slides: how it starts, what it says, how it reloads, and what it does where no terminal can be made.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { opener } from '../../slides/deck/server/browser'
import { serve } from '../../slides/deck/serve'
import { reloadScript, type Site } from '../../slides/deck/server/site'
import { sleep, until } from '../harness/proc'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'
import { type Browser, missing, startBrowser, watch } from './browser'
import { ask, connect, cookieOf, type Deck } from './fixture'
import { LiveDeck } from './live'

const slides = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/run.mjs', 'slides', ...args], {
    cwd: repository,
    encoding: 'utf8',
    timeout: 20_000 * slowness,
  })

describe.skipIf(missing('chromium'))('the command', () => {
  let browser: Browser
  let deck: LiveDeck | undefined

  beforeAll(async () => {
    browser = await startBrowser()
  }, 30_000 * slowness)
  afterAll(() => browser?.close())
  afterEach(async () => {
    await deck?.end()
    deck = undefined
  })

  describe('as an instructor starts it', () => {
    let shared: LiveDeck
    let start: number

    beforeAll(async () => {
      start = performance.now()
      shared = await LiveDeck.start([])
    }, 30_000 * slowness)
    afterAll(() => shared?.end('SIGKILL'))

    test('shows the first slide, and says what a terminal in a browser is', async () => {
      const page = await browser.context.newPage()
      const complaints = watch(page, new URL(shared.url).origin)
      await page.goto(shared.url)
      await page.waitForSelector('.reveal.ready section.present h1')
      console.log(
        `time to first slide, with a browser that runs already: ${Math.round(performance.now() - start)} ms`,
      )
      expect(page.url()).not.toContain('token')
      await shared.says('A terminal in this deck is a root shell on this machine')
      expect(complaints).toEqual([])
      await page.close()
    })

    test('the presenter’s view has this slide, the next one, notes and a clock, and no terminal of its own', async () => {
      const origin = new URL(shared.url).origin
      const page = await browser.context.newPage()
      const complaints = watch(page, origin)
      await page.goto(`${shared.url}&step=3`)
      await page.waitForSelector('.reveal.ready section.present')
      const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')])
      const presenterComplaints = watch(presenter, origin)
      await presenter.waitForSelector('#current-slide iframe')
      expect(await until(() => presenter.frames().length === 3, 5000)).toBe(true)
      for (const frame of presenter.frames().slice(1)) {
        await frame.waitForSelector('.reveal.ready section.present')
        expect(await frame.locator('.console-run').count()).toBe(0)
      }
      await presenter.locator('.speaker-controls-notes .value').waitFor()
      expect(await presenter.locator('.speaker-controls-notes .value').textContent()).toMatch(
        /\w{3}/,
      )
      expect(
        await until(
          async () => /[1-9]/.test((await presenter.locator('.timer').textContent()) ?? ''),
          5000,
        ),
      ).toBe(true)

      const before = page.url()
      await presenter.keyboard.press('Space')
      expect(await until(() => page.url() !== before, 5000)).toBe(true)
      expect([...complaints, ...presenterComplaints]).toEqual([])
      await presenter.close()
      await page.close()
    })

    test('ends with Ctrl-C', async () => {
      expect(await shared.end('SIGINT')).toBe(130)
    })
  })

  test('--no-terminal: recordings in place of terminals, under a policy that lets them play', async () => {
    deck = await LiveDeck.start([], ['--no-terminal'])
    await deck.says('Ctrl-C')
    expect(deck.said).not.toContain('root shell')
    await expectCast(browser, deck)
  })

  test.each([
    [['--port', 'abc'], 2, "'abc' is invalid. A port is a number"],
    [['--ports', '1'], 2, "unknown option '--ports'"],
    [['--grace', '-1'], 2, 'from 0 to 3600 seconds'],
  ] as const)('%s is refused', (args, status, text) => {
    const ended = slides(...args)
    expect(ended.stderr).toContain(text)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect([ended.status, ended.stdout]).toEqual([status, ''])
  })

  test('a port that is taken: another one by default, and a sentence for one that was asked for', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as { port: number }
    const ended = slides('--no-open', '--port', `${port}`)
    other.close()
    expect(ended.stderr).toBe(
      `✖ The deck cannot be served at 127.0.0.1:${port} (EADDRINUSE). Another program has this port: choose another one with --port, or none.\n`,
    )
    expect(ended.status).toBe(1)
  })

  test('without the binary of node-pty the deck is served all the same, with the reason', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deck-musl-'))
    const hide = join(folder, 'hide.cjs')
    writeFileSync(
      hide,
      `const Module = require('node:module'); const load = Module._load
      Module._load = (name, ...rest) => {
        if (name.includes('node-pty-linux')) throw Object.assign(new Error('hidden'), { code: 'MODULE_NOT_FOUND' })
        return load(name, ...rest)
      }`,
    )
    try {
      deck = await LiveDeck.start([], [], { NODE_OPTIONS: `--require ${hide}` })
      await deck.says(`@lydell/node-pty has no binary for linux ${process.arch}`)
      await expectNoTerminals(deck)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('without /dev/ptmx as well', async () => {
    const hide = [
      'for name in null zero random urandom tty; do touch "$0"/$name; mount --bind /dev/$name "$0"/$name; done',
      'mkdir "$0"/shm',
      'mount --rbind "$0" /dev && exec "$@"',
    ]
    const folder = mkdtempSync(join(tmpdir(), 'deck-dev-'))
    try {
      deck = await LiveDeck.start(['unshare', '--mount', 'sh', '-ec', hide.join('\n'), folder])
      await deck.says('/dev/ptmx cannot be opened (ENOENT)')
      await expectNoTerminals(deck)
    } finally {
      await deck?.end()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function expectNoTerminals({ url }: LiveDeck) {
  const { port, search, origin } = new URL(url)
  const { headers } = await ask(Number(port), `/${search}`)
  const cookie = headers['set-cookie']?.[0].split(';')[0] ?? ''
  expect((await ask(Number(port), '/terminal', { cookie })).status).toBe(404)
  expect((await connect(Number(port), { cookie, origin })).status).toBe(404)
}

/** Plays the first command of step 3 from its recording. */
async function expectCast(browser: Browser, deck: LiveDeck) {
  const page = await browser.context.newPage()
  const complaints = watch(page, new URL(deck.url).origin)
  await page.goto(deck.url)
  await page.waitForSelector('.reveal.ready section.present h1')
  const slide = await page.evaluate<string>(
    `document.querySelector('figure[data-step="3"] .console-run').closest('section').id`,
  )
  await page.evaluate(`location.hash = '#/${slide}'`)
  await page.waitForSelector(`section[id="${slide}"].present`)
  await page.keyboard.press('Enter')
  await page.waitForSelector('section.present .ap-player')
  const text = () => page.locator('section.present .ap-player').first().textContent()
  expect(await until(async () => (await text())?.includes('$ npm run step'), 5000)).toBe(true)
  expect(await page.locator('.console-stop').count()).toBe(0)
  expect(complaints).toEqual([])
  await page.close()
}

describe('the browser', () => {
  const saved = { ...process.env }
  afterEach(() => {
    process.env = { ...saved }
  })

  test('is not started as root, over ssh or without a display; the address is printed in any case', () => {
    const getuid = process.getuid
    try {
      process.getuid = () => 0
      expect(opener()).toEqual({ reason: 'a browser is not started as root' })
      process.getuid = () => 1000
      process.env.SSH_CONNECTION = '10.0.0.1'
      expect(opener()).toEqual({ reason: 'this is a session of ssh' })
      delete process.env.SSH_CONNECTION
      process.env.PATH = '/nowhere'
      delete process.env.DISPLAY
      delete process.env.WAYLAND_DISPLAY
      expect(opener()).toHaveProperty('reason')
    } finally {
      process.getuid = getuid
    }
  })
})

test('of two changes the later one stays, also if its deck is made in less time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deck-changes-'))
  const started: string[] = []
  const ended: string[] = []
  const make = async () => {
    const text = readFileSync(join(folder, 'slide'), 'utf8')
    started.push(text)
    if (text === 'slow') await sleep(1000)
    ended.push(text)
    return new Map([['/', { type: 'text/html', body: text }]])
  }
  // Saved until it is seen: the watching begins a moment after the start.
  const save = (text: string) =>
    until(async () => {
      writeFileSync(join(folder, 'slide'), text)
      await sleep(200)
      return started.includes(text)
    })
  writeFileSync(join(folder, 'slide'), 'first')
  const deck = await serve({ port: 0, terminals: false, watched: [folder], make })
  try {
    expect([await save('slow'), await save('quick')]).toEqual([true, true])
    expect(await until(() => ended.includes('slow') && ended.includes('quick'))).toBe(true)
    expect((await ask(deck.port, '/', { cookie: await cookieOf(deck) })).body).toBe('quick')
  } finally {
    await deck.close()
    rmSync(folder, { recursive: true, force: true })
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
  }, 30_000 * slowness)
  afterAll(async () => {
    await browser?.close()
    await deck?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a change is on the screen by itself, and a mistake is told there until it is mended', async () => {
    const page = await browser.context.newPage()
    await page.goto(`http://127.0.0.1:${deck.port}/?token=${deck.access.ticket()}`)
    const heading = page.locator('h1')
    expect(await heading.textContent()).toBe('first')
    await page.waitForTimeout(300)

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
