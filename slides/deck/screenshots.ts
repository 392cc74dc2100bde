// npm run slides:screenshots: the README's pictures of the deck, as a browser shows it, with terminals that run.
import { Command } from 'commander'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { at } from '../../tools/setup/project.mjs'
import { Problem, task } from '../../tools/setup/terminal.mjs'
import { chromiumPath, launch } from './chromium'
import { report } from './output'
import { parseOptions } from '../../tools/setup/options.mjs'
import { serve } from './serve'
import { whyNoTerminals } from './server/shell'

type Shot = {
  file: string
  slide: string
  colorScheme?: 'dark'
  act?: (page: Page) => Promise<void>
}

const shots: Shot[] = [
  { file: 'picture.png', slide: '03-pid-picture' },
  { file: 'change.png', slide: '06-pivot-root-change', colorScheme: 'dark', act: secondGroup },
  { file: 'terminals.png', slide: '08-net-try', act: typeAll },
]

export async function run(args: string[]) {
  parseOptions(
    new Command('npm run slides:screenshots').description('Makes slides/screenshots anew.'),
    args,
  )
  const lack = whyNoTerminals()
  if (lack) throw new Problem(lack)
  report(await task('Taking screenshots of the deck', takeAll))
}

async function takeAll(): Promise<string[]> {
  const executable = chromiumPath()
  const deck = await serve({ port: 0, terminals: true })
  let browser: Browser | undefined
  try {
    await deck.rendered
    browser = await launch(executable)
    const files: string[] = []
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
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 720 } })
  await page.goto(address)
  await page.waitForSelector(`section[id="${slide}"].present`)
  await act?.(page)
  await sleep(1000) // the slide moves in
  const path = join(at('slides', 'screenshots'), file)
  await page.screenshot({ path })
  await page.close()
  return path
}

async function secondGroup(page: Page) {
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
}

// Runs what the consoles of the slide propose, one after the other.
async function typeAll(page: Page) {
  for (const figure of await page.locator('section section.present figure.console').all()) {
    const commands: string[] = JSON.parse((await figure.getAttribute('data-commands')) ?? '[]')
    await figure.locator('.console-run').click()
    await sleep(3000) // a container starts
    for (const _ of commands.slice(1)) {
      await page.keyboard.press('Control+Enter')
      await sleep(1500)
    }
  }
}
