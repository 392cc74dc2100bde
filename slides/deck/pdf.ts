// npm run slides:pdf: the deck on paper, with and without notes, printed by the installed Chromium.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { chromiumPath, launch } from './chromium'
import { type Part, parts } from './chapters'
import { renderDeck } from './deck'
import { usual } from './plan'
import { inlined, nameOf } from './static'

/** Makes both files of each part; resolves to their paths. */
export async function print(folder: string): Promise<string[]> {
  const executablePath = chromiumPath()
  const scratch = mkdtempSync(join(tmpdir(), 'deck-pdf-'))
  let browser: Browser | undefined
  try {
    browser = await launch(executablePath)
    const files: string[] = []
    for (const part of parts) files.push(...(await printPart(browser, part, scratch, folder)))
    return files
  } finally {
    await browser?.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function printPart(browser: Browser, part: Part, scratch: string, folder: string) {
  const page = join(scratch, 'deck.html')
  writeFileSync(page, inlined(await renderDeck('none', usual, part), []))
  const url = `${pathToFileURL(page)}?print-pdf`
  const file = (name: string) => join(folder, nameOf(name, part))
  return [
    await printPage(browser, url, file('deck.pdf')),
    await printPage(browser, `${url}&showNotes=separate-page`, file('deck-with-notes.pdf')),
  ]
}

async function printPage(browser: Browser, url: string, path: string): Promise<string> {
  const page = await browser.newPage({ colorScheme: 'light' })
  await page.goto(url)
  await page.waitForSelector('html[data-printable]', { state: 'attached' })
  await page.pdf({
    path,
    preferCSSPageSize: true,
    printBackground: true,
    tagged: true,
    outline: true,
  })
  await page.close()
  return path
}
