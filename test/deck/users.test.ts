// A machine with two users: the presenter, who runs the deck, and somebody else, who wants in.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { alive, argv, killPid, withToken } from '../harness/proc'
import { becoming, becomingReader } from '../harness/user'
import { until } from '../harness/waiting'
import { repository } from '../harness/work'
import { missing, startBrowser } from './browser'
import { ask, connect, cookieOf, type Peer, serveFixture, unlock } from './fixture'

const PRESENTER = 54321
const OTHER = 54322

let home: string
const presented: Presented[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deck-home-'))
  chmodSync(home, 0o755)
  chownSync(home, PRESENTER, PRESENTER)
})
afterEach(async () => {
  for (const { child, ended } of presented.splice(0)) {
    if (child.exitCode === null && child.signalCode === null)
      killPid(child.pid as number, 'SIGTERM')
    await ended
  }
  // The browser of `open` goes on running.
  for (const pid of withToken(home)) killPid(pid)
  rmSync(home, { recursive: true, force: true })
})

/** Runs a command as somebody else; gives its status and what it printed. */
function asOther(...command: string[]) {
  const [file, ...args] = [...becoming(OTHER), ...command]
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

/** `npm run slides` of a user with a display, whose browser writes down what it shall open. */
class Presented {
  said = ''
  readonly child: ChildProcess
  readonly ended: Promise<number>

  constructor(words: string[], before: string[] = []) {
    const browser = join(home, 'browser')
    // It goes on running, as browsers do, and everybody sees its command line.
    writeFileSync(browser, `#!/bin/sh\necho "$1" > ${home}/opened\nexec sleep 60\n`)
    chmodSync(browser, 0o755)
    const [file, ...args] = [...before, 'npm', 'run', 'slides', '--', ...words]
    this.child = spawn(file, args, {
      cwd: repository,
      env: {
        ...process.env,
        HOME: home,
        TMPDIR: home,
        DISPLAY: ':0',
        XDG_DATA_DIRS: home,
        BROWSER: browser,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => {
        this.said += chunk
      })
    this.ended = new Promise((done) => this.child.once('exit', (code) => done(code ?? -1)))
    presented.push(this)
  }

  /** The port and the token it printed. */
  async address() {
    const found = () => /http:\/\/127\.0\.0\.1:(\d+)\/\?token=([\w-]+)/.exec(this.said)
    await until(() => found() !== null || this.child.exitCode !== null)
    const [, port, token] = found() ?? expect.fail(this.said)
    return { port: Number(port), token }
  }

  /** The page that the browser opened. */
  async opened(): Promise<string> {
    const file = join(home, 'opened')
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
    return readFileSync(file, 'utf8').trim()
  }
}

const asPresenter = () => [...becomingReader(PRESENTER), 'env']

/** A presenter's browser is started by a script of the checkout, without the right of a reader. */
const isPrivate = asOther('cat', join(repository, 'package.json')).status !== 0
if (isPrivate) console.log('some tests are left out, other users cannot read this checkout')

/** A terminal of whoever opens this address; resolves when its shell has answered with its pid. */
async function enter(port: number, token: string) {
  const { headers, body } = await ask(port, `/?token=${token}`)
  const cookie = headers['set-cookie']?.[0].split(';')[0] ?? ''
  const [, key = ''] = /data-key="(.*?)"/.exec(body) ?? []
  const own = { cookie, origin: `http://127.0.0.1:${port}` }
  const peer = await connect(port, own, '/terminal', ['deck', key])
  expect(peer.status).toBe(101)
  peer.send({ type: 'open', cols: 80, rows: 24 })
  return { peer, shell: await pidOf(peer) }
}

async function pidOf(peer: Peer): Promise<number> {
  await until(() => peer.output().includes('$ '))
  peer.send({ type: 'input', data: 'echo pid=$$.\r' })
  const found = () => /pid=(\d+)\./.exec(peer.output())
  await until(() => found() !== null)
  return Number(found()?.[1])
}

const commandLines = () =>
  asOther('sh', '-c', 'cat /proc/[0-9]*/cmdline 2> /dev/null | tr "\\0" " "').said

describe.skipIf(isPrivate)('the address for the browser', () => {
  test('is in no command line, and in a page that nobody else can read', async () => {
    const deck = new Presented([], asPresenter())
    const page = await deck.opened()
    expect(commandLines()).toContain(page)
    expect(commandLines()).not.toContain('token=')
    expect(asOther('cat', page)).toMatchObject({
      status: 1,
      said: expect.stringContaining('Permission denied'),
    })
    // A browser from snap reads only visible files of the home directory.
    expect(page).toMatch(new RegExp(`^${home}/[^.]`))
    killPid(deck.child.pid as number, 'SIGTERM')
    await deck.ended
    expect(await until(() => !existsSync(dirname(page)))).toBe(true)
  })

  test.skipIf(missing('chromium'))('leads there, with the key to the terminals', async () => {
    const deck = new Presented([], asPresenter())
    const browser = await startBrowser()
    onTestFinished(() => browser.close())
    const page = await browser.context.newPage()
    await page.goto(`file://${await deck.opened()}`)
    const { port } = await deck.address()
    await page.waitForURL(`http://127.0.0.1:${port}/**`)
    await page.waitForSelector('body.listening')
    expect(page.url()).not.toContain('token')
    await page.keyboard.press('End')
    await page.evaluate(`document.querySelector('.console-run').click()`)
    await page.locator('.console-stop:not([hidden])').first().waitFor({ state: 'attached' })
  })

  test('ends the deck if somebody else was first, with what they started', async () => {
    const deck = new Presented([], asPresenter())
    const text = readFileSync(await deck.opened(), 'utf8')
    const [, ticket] = /token=([\w-]+)/.exec(text) as RegExpExecArray
    const { port } = await deck.address()
    const intruder = await enter(port, ticket)
    expect(alive(intruder.shell)).toBe(true)
    const refused = await ask(port, `/?token=${ticket}`)
    expect([refused.status, refused.body]).toEqual([401, expect.stringContaining('the deck ends')])
    expect(await deck.ended).toBe(1)
    expect(deck.said).toContain('another user of this machine may have read it')
    expect(await until(() => !alive(intruder.shell))).toBe(true)
  })
})

describe.skipIf(missing('chromium'))('the cookie', () => {
  test('opens no terminal for the server of another port, which the browser sends it to', async () => {
    const deck = await serveFixture()
    onTestFinished(() => deck.close())
    let stolen = ''
    const other = createServer(({ headers }, response) => {
      stolen = headers.cookie ?? stolen
      response.setHeader('Content-Type', 'text/html').end('<title>other</title>')
    })
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    onTestFinished(() => void other.close())
    const browser = await startBrowser()
    onTestFinished(() => browser.close())
    const page = await browser.context.newPage()
    await page.goto(`http://127.0.0.1:${deck.port}/?token=${deck.access.ticket()}`)
    await page.waitForURL(`http://127.0.0.1:${deck.port}/`)
    expect(await page.evaluate(`localStorage.getItem('deck-key')`)).toBe(deck.access.key)

    const there = await browser.context.newPage()
    await there.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    expect(stolen).toBe(await cookieOf(deck))
    expect(await there.evaluate(`localStorage.getItem('deck-key')`)).toBeNull()
    const own = { cookie: stolen, origin: `http://127.0.0.1:${deck.port}` }
    expect((await connect(deck.port, own)).status).toBe(401)
    expect((await ask(deck.port, '/', { cookie: stolen })).body).not.toContain(deck.access.key)
    expect((await connect(deck.port, own, '/terminal', unlock(deck))).status).toBe(101)
  })
})

// Opens silent connections, says so, and says when all of them have been closed. One that a busy
// server hasn't accepted looks open from here: keepalive finds out.
const silent = `const [port, count] = process.argv.slice(1).map(Number)
  let [open, closed] = [0, 0]
  const one = () => {
    const socket = require('node:net').connect(port, '127.0.0.1').setKeepAlive(true, 1000)
    socket.on('connect', () => { if (++open === count) console.log('open') })
    socket.on('error', () => {}).on('close', () => { if (++closed === count) console.log('closed') })
  }
  for (let index = 0; index < count; index++) one()`

test.each([140, 1500])('%i silent connections keep nobody out, and end', async (count) => {
  const deck = await serveFixture()
  onTestFinished(() => deck.close())
  const cookie = await cookieOf(deck)
  const own = { cookie, origin: `http://127.0.0.1:${deck.port}` }
  const before = await connect(deck.port, own, '/terminal', unlock(deck))
  const [file, ...args] = [...becoming(OTHER), process.execPath, '-e', silent]
  const other = spawn(file, [...args, `${deck.port}`, `${count}`], { cwd: '/' })
  onTestFinished(() => void other.kill('SIGKILL'))
  let said = ''
  other.stdout.on('data', (chunk) => {
    said += chunk
  })
  expect(await until(() => said.includes('open'))).toBe(true)
  expect((await ask(deck.port, '/', { cookie })).status).toBe(200)
  expect((await connect(deck.port, own, '/terminal', unlock(deck))).status).toBe(101)
  expect(await until(() => said.includes('closed'))).toBe(true)
  before.send({ type: 'open', cols: 80, rows: 24 })
  expect(await pidOf(before)).toBeGreaterThan(1)
})

describe('ending npm ends the deck and its shells', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('with %s', async (signal) => {
    const deck = new Presented(['--no-open'])
    const { port, token } = await deck.address()
    const { shell } = await enter(port, token)
    expect(argv(shell)[0]).toBe('/bin/bash')
    killPid(deck.child.pid as number, signal)
    expect(await until(() => !alive(shell))).toBe(true)
    const isServing = () =>
      ask(port).then(
        () => true,
        () => false,
      )
    expect(await until(async () => !(await isServing()))).toBe(true)
  })
})
