// npm run slides:screenshots: the README's pictures: of the deck in a browser, with live terminals,
// and of `watch`.
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { at } from '../../tools/setup/project.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { chromiumPath, launch } from './chromium'
import { serve } from './serve'
import { whyNoTerminals } from './server/shell'
import { takeWatch } from './watch-picture'

type Shot = {
  file: string
  slide: string
  colorScheme?: 'dark'
  act?: (page: Page) => Promise<void>
}

const shots: Shot[] = [
  { file: 'picture.png', slide: '03-pid-picture', act: buildUp },
  { file: 'change.png', slide: '06-pivot-root-change', colorScheme: 'dark', act: secondGroup },
  { file: 'terminals.png', slide: '08-net-try', act: typeAll },
]

/** Takes all of them; resolves to their paths. */
export async function takeAll(): Promise<string[]> {
  const lack = whyNoTerminals()
  if (lack) throw new Problem(lack)
  const executable = chromiumPath()
  const deck = await serve({ port: 0, terminals: true })
  let browser: Browser | undefined
  try {
    await deck.rendered
    browser = await launch(executable)
    const files = [await takeWatch()]
    for (const shot of shots) {
      const address = `http://127.0.0.1:${deck.port}/?token=${deck.access.ticket()}#/${shot.slide}`
      files.push(await take(browser, address, shot))
    }
    return files
  } finally {
    await browser?.close()
    await deck.close()
  }
}

async function take(
  browser: Browser,
  address: string,
  { file, slide, colorScheme, act }: Shot,
): Promise<string> {
  // Playwright's waiting needs eval, which the deck's policy forbids.
  const page = await browser.newPage({
    bypassCSP: true,
    colorScheme,
    viewport: { width: 1280, height: 720 },
  })
  await page.goto(address)
  await page.waitForSelector(`body.listening section[id="${slide}"].present`)
  await act?.(page)
  await page.waitForFunction('document.getAnimations().length === 0')
  const path = join(at('slides', 'screenshots'), file)
  await page.screenshot({ path })
  await page.close()
  return path
}

async function buildUp(page: Page) {
  const hidden = page.locator('section.present .picture .fragment:not(.visible)')
  while (await hidden.count()) await page.keyboard.press('ArrowRight')
}

async function secondGroup(page: Page) {
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
}

// Runs the commands of the slide's consoles, one after the other.
async function typeAll(page: Page) {
  for (const figure of await page.locator('section section.present figure.console').all()) {
    const commands: string[] = JSON.parse((await figure.getAttribute('data-commands')) ?? '[]')
    for (const [index, command] of commands.entries()) {
      if (index === 0) await figure.locator('.console-run').click()
      else await page.keyboard.press('Control+Enter')
      await answered(figure, command)
    }
  }
}

/** Waits until the screen shows a command and ends with a new prompt. */
async function answered(figure: Locator, command: string) {
  const start = command.slice(0, 20)
  for (;;) {
    const rows = await figure.locator('.xterm-rows > div').allTextContents()
    const screen = rows.join('\n').replaceAll('\u00a0', ' ').trimEnd()
    if (screen.includes(start) && /^(\$|container:\S*#)$/.test(screen.split('\n').at(-1) ?? ''))
      return
    await figure.page().waitForTimeout(100)
  }
}
