// The deck as an instructor has it: `npm run slides` on a host made for the test, with Chromium.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { chromiumPath } from '../../slides/deck/chromium'
import { inHost } from '../harness/host'
import { killPid } from '../harness/proc'
import { until } from '../harness/waiting'
import { claim, quote } from '../harness/claim'
import { repository, work } from '../harness/work'
import { type Browser, startBrowser } from './browser'

export class LiveDeck {
  readonly #child: ChildProcess
  readonly #ended: Promise<number>
  said = ''
  url = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.on('data', (chunk) => {
      this.said += chunk
    })
    child.stdout?.on('data', (chunk) => {
      this.url += chunk
    })
    this.#ended = new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  }

  /** `before` are words before the command, such as those of nsenter. */
  static async start(before: string[], args: string[] = []): Promise<LiveDeck> {
    const node = [
      process.execPath,
      join(repository, 'tools/run.mjs'),
      'slides',
      '--no-open',
      ...args,
    ]
    const [file, ...rest] = [...before, ...node]
    const child = spawn(file, rest, {
      cwd: repository,
      env: { ...process.env, ROOTFS: work().rootfs },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const deck = new LiveDeck(child)
    await until(() => /\n/.test(deck.url) || child.exitCode !== null)
    claim(
      /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/.test(deck.url),
      'the address of the deck, and nothing else on stdout',
      `${quote(deck.url)}; on stderr ${quote(deck.said)}`,
    )
    deck.url = deck.url.trim()
    return deck
  }

  static onHost(host: number, args: string[] = []): Promise<LiveDeck> {
    return LiveDeck.start(inHost(host), args)
  }

  /** Waits for a text on stderr. */
  async says(text: string): Promise<void> {
    await until(() => this.said.includes(text))
    claim(this.said.includes(text), `the server to say: ${text}`, quote(this.said))
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Sends it a signal and waits for its end; resolves to -1 if the signal itself ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) killPid(this.pid, signal)
    return await this.#ended
  }
}

/** A Chromium in the network of the host. */
export async function browserOnHost(host: number): Promise<Browser> {
  const executable = join(work().folder, `chromium-${host}`)
  writeFileSync(
    executable,
    `#!/bin/sh\nexec nsenter --target ${host} --net ${chromiumPath()} "$@"\n`,
  )
  chmodSync(executable, 0o755)
  return startBrowser({ executable })
}

/**
 * Shows a slide, as the presenter view does. Not by its hash: reveal.js writes the address up to a
 * second late, and so can write an old one over a new one that it hasn't read yet.
 */
export async function goTo(page: Page, id: string): Promise<void> {
  await page.evaluate(`(() => {
    const slide = document.getElementById('${id}')
    const args = [slide.parentElement, slide].map((one) => [...one.parentElement.children].indexOf(one))
    postMessage(JSON.stringify({ method: 'slide', args }), '*')
  })()`)
  // It's there once both it and its chapter are `.present`.
  await page.waitForSelector(`.slides > .present > [id="${id}"].present`)
}

/** A console figure of the deck: what an instructor sees and does there. */
export class Terminal {
  readonly page: Page
  readonly id: string
  readonly figure: Locator

  constructor(page: Page, id: string) {
    this.page = page
    this.id = id
    this.figure = page.locator(`figure[data-console="${id}"]`)
  }

  /** Shows the slide with the first figure whose first command starts like this. */
  static async find(page: Page, command: string): Promise<Terminal> {
    await page.waitForSelector('body.listening')
    const [id, slide] = await page.evaluate<[string, string]>(`(() => {
      const starts = (figure) => JSON.parse(figure.dataset.commands)[0]?.startsWith(${JSON.stringify(command)})
      const figure = [...document.querySelectorAll('figure.console')].find(starts)
      return figure ? [figure.dataset.console, figure.closest('section').id] : ['', '']
    })()`)
    claim(id !== '', `a slide with a console that begins with \`${command}\``, 'none')
    await goTo(page, slide)
    return new Terminal(page, id)
  }

  /** Its text, a line for each row. */
  async screen(): Promise<string> {
    const rows = await this.figure.locator('.xterm-rows > div').allTextContents()
    return rows.join('\n').replaceAll('\u00a0', ' ').replace(/ +$/gm, '').trimEnd()
  }

  /** Types a line at the terminal with the focus. */
  async type(line: string): Promise<void> {
    await this.page.keyboard.type(line)
    await this.page.keyboard.press('Enter')
  }

  /** Gives it the focus. */
  async click(): Promise<void> {
    await this.figure.locator('.screen').click()
  }

  /** The other figure beside it. */
  async beside(): Promise<Terminal> {
    const id = await this.page.evaluate<string>(
      `document.querySelector('.consoles:has([data-console="${this.id}"]) figure:not([data-console="${this.id}"])').dataset.console`,
    )
    return new Terminal(this.page, id)
  }

  /** Waits for a text on the screen. */
  async shows(text: RegExp): Promise<void> {
    await until(async () => text.test(await this.screen()))
    const screen = await this.screen()
    claim(text.test(screen), `${text} on the screen`, quote(screen))
  }
}
