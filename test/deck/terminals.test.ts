// Live terminals on the slides, as an instructor uses them in Chromium, and what they leave behind.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { hostUnchanged, type Snapshot, snapshot } from '../harness/host'
import { killPid, withToken } from '../harness/proc'
import type { Sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { HANG, until } from '../harness/waiting'
import { type Browser, missing, watch } from './browser'
import { browserOnHost, goTo, LiveDeck, Terminal } from './live'

let host: Sandbox
let browser: Browser
let before: Snapshot

beforeAll(async () => {
  host = await hostLike()
  before = snapshot(host.pid)
  browser = await browserOnHost(host.pid)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})

// At its end only: the prompt has the checkout's path, which may take several rows.
const inContainer = /\n.*#$/

/** Waits for the prompt and takes the checkout's path out of it. */
async function shortPrompt(terminal: Terminal): Promise<void> {
  await terminal.shows(inContainer)
  await terminal.type('cd /')
  await terminal.shows(/^container:\/#$/m)
}

let count = 0
/** A number that no other command line has. */
const token = () => `${process.pid}${Date.now() % 1_000_000}${++count}`

async function open(deck: LiveDeck): Promise<Page> {
  const page = await browser.context.newPage()
  await page.goto(deck.url)
  return page
}

describe.skipIf(missing('chromium'))('on a slide', () => {
  let deck: LiveDeck
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    deck = await LiveDeck.onHost(host.pid, ['--grace', `${HANG / 1000}`])
  })
  afterAll(async () => {
    expect(await deck.end('SIGTERM')).toBe(143)
  })

  beforeEach(async () => {
    page = await open(deck)
    complaints = watch(page, new URL(deck.url).origin)
  })
  afterEach(async () => {
    // The events for reloading end with their page.
    expect(complaints.filter((complaint) => !complaint.endsWith('/events'))).toEqual([])
    await page.evaluate(
      `document.querySelectorAll('.console-stop').forEach((stop) => stop.click())`,
    )
    expect(await until(async () => (await openTerminals().count()) === 0)).toBe(true)
    await page.close()
  })

  const shown = () => page.locator('.slides > .present > .present').getAttribute('id')
  const openTerminals = () => page.locator('.console-stop:not([hidden])')

  /** The shell of the host beside the container, after the first command there. */
  async function hostTerminal(): Promise<Terminal> {
    const terminal = await (await Terminal.find(page, 'npm run step -- 3 ')).beside()
    await terminal.figure.locator('.console-run').click()
    await terminal.shows(/\$ .+\n(.*\n)*\$$/)
    return terminal
  }

  test('a key runs step 3, `echo $$` in it answers 1, and a reload finds it again', async () => {
    const terminal = await Terminal.find(page, 'npm run step -- 3 ')
    await page.keyboard.press('Enter')
    await shortPrompt(terminal)
    await terminal.type('echo $$')
    await terminal.shows(/^1$/m)
    await terminal.type('kept=over-a-reload')

    await page.waitForURL(/#\/03-pid-try$/)
    await page.reload()
    await terminal.shows(/kept=over-a-reload/)
    await terminal.click()
    await terminal.type('echo $kept $$')
    await terminal.shows(/^over-a-reload 1$/m)
    await terminal.figure.locator('.console-stop').click()
    await terminal.shows(/It ended with status/)
  })

  test('predict, then run: a result is hidden until the terminal shows it', async () => {
    const terminal = await Terminal.find(page, 'npm run step -- 2 ')
    const seen = async (on: Page) => {
      const lines = on.locator(`figure[data-console="${terminal.id}"] pre > *`)
      return (await lines.allInnerTexts()).map((text) => text.trim())
    }
    const predicted = await seen(page)
    expect(predicted.slice(0, 4)).toEqual([
      '$ npm run step -- 2 /bin/sh',
      '…',
      'container:/repo# hostname',
      '',
    ])
    expect(predicted.join()).not.toMatch(/renamed$/)
    expect(await terminal.figure.ariaSnapshot()).toContain('not run yet')
    await page.keyboard.press('Enter')
    await shortPrompt(terminal)
    await page.keyboard.press('Control+Enter')
    await terminal.shows(/# hostname\ncontainer$/m)

    // The presenter knows, and so does paper.
    for (const view of ['receiver', 'print-pdf']) {
      const other = await browser.context.newPage()
      await other.goto(`${new URL(deck.url).origin}/?${view}#/02-uts-try`)
      await other.waitForSelector('body.listening')
      await until(async () => (await seen(other))[3] === 'container')
      expect((await seen(other))[3]).toBe('container')
      await other.close()
    }
  })

  test('a picture builds up, one key press after the other', async () => {
    await page.waitForSelector('body.listening')
    const steps = await page.evaluate(() =>
      Array.from(document.querySelectorAll('section:has(> .slide .picture)'), ({ id }) => {
        const parts = document.querySelectorAll<SVGElement>(`[id="${id}"] .fragment`)
        return [id, new Set([...parts].map(({ dataset }) => dataset.fragmentIndex)).size] as const
      }),
    )
    for (const [id, number] of steps.filter(([id]) => /^0[346789]-/.test(id)))
      expect(number, id).toBeGreaterThan(1)
    await goTo(page, '03-pid-picture')
    const seen = () =>
      page
        .locator('section.present .picture text')
        .evaluateAll(
          (texts) =>
            texts.filter((text) => text.checkVisibility({ visibilityProperty: true })).length,
        )
    const counts = [await seen()]
    for (let press = 0; press < Object.fromEntries(steps)['03-pid-picture']; press++) {
      await page.keyboard.press('ArrowRight')
      const more = async () => (await seen()) > (counts.at(-1) as number)
      expect(await until(more)).toBe(true) // what appears fades in
      counts.push(await seen())
    }
    expect(counts.at(-1)).toBe(await page.locator('section.present .picture text').count())
    expect(await shown()).toBe('03-pid-picture')
  })

  test('the presenter view shows what a terminal shows, and Enter works there', async () => {
    const terminal = await Terminal.find(page, 'npm run step -- 2 ')
    const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')])
    const frame = presenter.frameLocator('#current-slide iframe')
    const shows = (words: string | RegExp) =>
      frame.locator('section.present .xterm-rows', { hasText: words }).waitFor()
    await frame.locator('body.listening [id="02-uts-try"].present').waitFor()
    await presenter.keyboard.press('Enter')
    await shortPrompt(terminal)
    await shows('container:/#')
    await presenter.keyboard.press('Enter')
    await terminal.shows(/# hostname\ncontainer$/m)
    await shows(/# hostname\s*container/)

    // It finds a deck again that was loaded anew.
    await page.waitForURL(/#\/02-uts-try$/)
    await page.reload()
    await terminal.shows(/# hostname\ncontainer$/m)
    await presenter.keyboard.press('Enter')
    await terminal.shows(/readlink/)
    await shows(/readlink/)
    await presenter.close()
  })

  test('a key maximises a terminal, while you type too, and the other one when it is next', async () => {
    const container = await Terminal.find(page, 'npm run step -- 3 ')
    const host = await container.beside()
    const isMaximised = async ({ figure }: Terminal) =>
      ((await figure.boundingBox())?.width ?? 0) > 1270 && (await figure.isVisible())
    const becomes = async (wanted: [boolean, boolean]) => {
      const now = async () => [await isMaximised(container), await isMaximised(host)]
      await until(async () => `${await now()}` === `${wanted}`)
      expect(await now()).toEqual(wanted)
    }
    await page.keyboard.press('z')
    await becomes([true, false])
    await page.keyboard.press('Enter')
    await shortPrompt(container)
    await container.type('stty size')
    await container.shows(/^\d+ \d+$/m)
    const [, columns] = /^\d+ (\d+)$/m.exec(await container.screen()) ?? []
    expect(Number(columns)).toBeGreaterThan(70)
    await page.keyboard.press('Control+Shift+Enter')
    await becomes([false, false])
    await page.keyboard.press('Control+Shift+Enter')
    await becomes([true, false])
    for (let press = 0; press < 3; press++) await page.keyboard.press('Control+Enter')
    await host.shows(/\$ pgrep/)
    await becomes([false, true])
    await host.figure.getByRole('button', { name: 'Maximise' }).click()
    await becomes([false, false])
  })

  test('the terminal has all keys except that for the next command and those back to the slides', async () => {
    const terminal = await Terminal.find(page, 'npm run step -- 3 ')
    const slide = await shown()
    await page.keyboard.press('Enter')
    await shortPrompt(terminal)
    await page.keyboard.press('Control+Enter')
    const [, next] = JSON.parse((await terminal.figure.getAttribute('data-commands')) as string)
    expect(next).toBe('echo $$')
    await terminal.shows(/# echo \$\$\n1$/m)
    await terminal.type('echo no s, no b, no Space')
    await terminal.shows(/^no s, no b, no Space$/m)
    expect(await shown()).toBe(slide)
    expect(await page.locator('.reveal.overview').count()).toBe(0)

    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await page.locator('.reveal.overview').count()).toBe(0)
    await page.keyboard.press('PageUp')
    expect(await until(async () => (await shown()) !== slide)).toBe(true)

    await page.keyboard.press('PageDown')
    await until(async () => (await shown()) === slide)
    await terminal.click()
    await page.keyboard.press('PageUp')
    expect(await until(async () => (await shown()) !== slide)).toBe(true)
  })

  test('the host’s terminal stands beside the container’s', async () => {
    const container = await Terminal.find(page, 'npm run step -- 3 ')
    const name = token()
    await page.keyboard.press('Enter')
    await shortPrompt(container)
    await container.type(`sleep ${name} &`)
    const side = await hostTerminal()
    await side.type(`grep NSpid /proc/$(pgrep -f 'sleep ${name}')/status`)
    await side.shows(/^NSpid:\s+\d+\s+\d+$/m)
  })

  test('a terminal fills its figure, and the mouse selects, however large the window is', async () => {
    const terminal = await hostTerminal()
    const columns: number[] = []
    for (const [width, height] of [
      [1280, 720],
      [900, 700],
      [1920, 1080],
    ]) {
      await page.setViewportSize({ width, height })
      await terminal.type(`echo ${width}x $(stty size)`)
      const answer = new RegExp(`^${width}x (\\d+) (\\d+)$`, 'm')
      await terminal.shows(answer)
      const said = answer.exec(await terminal.screen()) as RegExpExecArray
      expect(Number(said[1])).toBe(await terminal.figure.locator('.xterm-rows > div').count())
      columns.push(Number(said[2]))
    }
    // The letters grow with the slide, so about as many fit.
    expect(Math.max(...columns) - Math.min(...columns)).toBeLessThanOrEqual(2)

    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await terminal.type('echo one two-and-a-half three')
    await terminal.shows(/^one two-and-a-half three$/m)
    const row = terminal.figure.locator('.xterm-rows > div', { hasText: /^one two/ })
    const { x, y, height } = (await row.boundingBox()) as { x: number; y: number; height: number }
    const text = (await row.locator('span').first().boundingBox()) as { width: number }
    const cell = text.width / 'one two-and-a-half three'.length
    await page.mouse.dblclick(x + cell * 8, y + height / 2)
    await page.keyboard.press('Control+Shift+C')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('two-and-a-half')
  })

  test('Ctrl-C stops a flood of output, and no wanted output is lost', async () => {
    const terminal = await hostTerminal()
    await terminal.type('yes')
    await terminal.shows(/(^y\n){5}/m)
    await page.keyboard.press('Control+C')
    await terminal.shows(/\^C\n\$$/)
    await terminal.type('clear; seq 200000 | tail -n 1; seq 200000; echo whole')
    await terminal.shows(/199999\n200000\nwhole$/m)
  })

  test('one that you end before it is there ends, too', async () => {
    const { figure } = await Terminal.find(page, 'npm run step -- 3 ')
    await page.evaluate(`for (const name of ['run', 'stop'])
      document.querySelector('section.present section.present .console-' + name).click()`)
    await figure.locator('.xterm-rows', { hasText: 'It ended with status' }).waitFor()
    expect(await openTerminals().count()).toBe(0)
  })

  test('one on another slide ends when a new one begins: its container would be in the way', async () => {
    const first = await Terminal.find(page, 'npm run step -- 3 ')
    await page.keyboard.press('Enter')
    await shortPrompt(first)
    await page.evaluate('document.activeElement.blur()')
    const second = await Terminal.find(page, 'npm run step -- 8 ')
    await page.keyboard.press('Enter')
    await second.shows(inContainer)
    expect(await openTerminals().count()).toBe(1)
    expect(await second.figure.locator('.console-stop').isVisible()).toBe(true)
  })

  describe('the key for the next command', () => {
    const hint = (terminal: Terminal, text: string) =>
      terminal.figure.locator('.console-hint', { hasText: text }).waitFor()
    const press = () => page.keyboard.press('Control+Enter')

    test('queues: each line is typed at its prompt, in this console and the next', async () => {
      const container = await Terminal.find(page, 'npm run step -- 3 ')
      const host = await container.beside()
      await page.keyboard.press('Enter')
      for (let presses = 1; presses < 5; presses++) await press()
      await container.shows(/^1$/m)
      await container.shows(/# sleep 300 &$/m)
      // What it answers may be about another test's `sleep`.
      await host.shows(/^\$ pgrep .*\n(.*\n)*\$ grep NSpid .*\n(.*\n)*\$$/m)
      // Neither says that it waits any more.
      const waits = page.locator('section.present .console-hint', { hasText: 'waits' })
      expect(await until(async () => (await waits.count()) === 0)).toBe(true)
    })

    test('types nothing meant for a container at the host’s prompt, and says so', async () => {
      const terminal = await Terminal.find(page, 'npm run step -- 2 ')
      await page.keyboard.press('Enter')
      await terminal.shows(inContainer)
      await page.keyboard.press('Control+D')
      await terminal.shows(/\n\$$/)
      await press()
      await hint(terminal, 'Not typed: it’s for a container')
      await press()
      await terminal.type('echo nothing came')
      await terminal.shows(/\$ echo nothing came\nnothing came\n\$$/)
    })

    test('types nothing meant for the host into a container', async () => {
      const terminal = await (await Terminal.find(page, 'npm run step -- 3 ')).beside()
      await terminal.figure.locator('.console-run').click()
      await terminal.shows(/\$ .+\n(.*\n)*\$$/)
      await terminal.type('npm run step -- 4 /bin/sh')
      await terminal.shows(inContainer)
      await terminal.figure.locator('.console-run').dispatchEvent('click')
      await hint(terminal, 'Not typed: it’s for the host')
    })

    test('types nothing while a program runs, in a full screen, or behind typed text', async () => {
      const terminal = await (await Terminal.find(page, 'npm run step -- 3 ')).beside()
      const run = () => terminal.figure.locator('.console-run').dispatchEvent('click')
      await terminal.figure.locator('.console-run').click()
      await terminal.shows(/\$ .+\n(.*\n)*\$$/)
      await terminal.type(`clear; printf '\\033[?1049hfull'; read line; printf '\\033[?1049l'`)
      await terminal.shows(/^full/)
      await run()
      await hint(terminal, 'Not typed: leave this program first')
      await page.keyboard.press('Enter')
      // What is typed before the prompt is there stands before it too.
      await terminal.shows(/^\$$/)
      await page.keyboard.type('some text')
      await terminal.shows(/\$ some text$/)
      await run()
      await hint(terminal, 'Not typed: something is typed already')
      await page.keyboard.press('Control+C')
      await terminal.shows(/\n\$$/)
      await terminal.type('clear; cat')
      await terminal.shows(/^$/)
      await run()
      await hint(terminal, 'waits for the prompt')
      await page.keyboard.type('still cat')
      await page.keyboard.press('Enter')
      await terminal.shows(/^still cat\nstill cat$/)
      // Its end brings the prompt that the key waits for.
      await page.keyboard.press('Control+D')
      await terminal.shows(/NSpid/)
    })
  })
})

describe.skipIf(missing('chromium'))('nothing is left behind', () => {
  async function runStep8(deck: LiveDeck, name: string): Promise<Page> {
    const page = await open(deck)
    const terminal = await Terminal.find(page, 'npm run step -- 8 ')
    await page.keyboard.press('Enter')
    await terminal.shows(inContainer)
    await terminal.type(`sleep ${name} &`)
    await until(() => withToken(name).length > 0)
    await terminal.type('ip -o addr show eth0 || ip -o addr')
    await terminal.shows(/inet /)
    return page
  }

  /** Runs a container on a slide of a new deck, and claims that nothing of it stays after `end`. */
  async function leavesNothing(args: string[], end: (deck: LiveDeck, page: Page) => Promise<void>) {
    const name = token()
    const deck = await LiveDeck.onHost(host.pid, args)
    try {
      const page = await runStep8(deck, name)
      await end(deck, page)
      await hostUnchanged(before, [name], host.pid)
      await page.close()
    } finally {
      await deck.end('SIGKILL')
      for (const pid of withToken(name)) killPid(pid)
    }
  }

  test.each([
    ['SIGHUP', 129],
    ['SIGKILL', -1],
  ] as const)('when %s ends the server', async (signal, status) => {
    await leavesNothing([], async (deck) => {
      expect(await deck.end(signal)).toBe(status)
    })
  })

  test('when the page is closed and does not come back', async () => {
    await leavesNothing(['--grace', '2'], (_, page) => page.close())
  })
})
