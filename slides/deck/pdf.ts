// npm run slides:pdf: the deck on paper, with and without notes, printed by the installed Chromium.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { chromiumPath, launch } from './chromium'
import { renderDeck } from './deck'
import { inlined } from './static'

/** Makes both files; resolves to their paths. */
export async function print(folder: string): Promise<string[]> {
  const executablePath = chromiumPath()
  const scratch = mkdtempSync(join(tmpdir(), 'deck-pdf-'))
  let browser: Browser | undefined
  try {
    const page = join(scratch, 'deck.html')
    writeFileSync(page, inlined(await renderDeck('none'), []))
    browser = await launch(executablePath)
    const url = `${pathToFileURL(page)}?print-pdf`
    return [
      await printPage(browser, url, join(folder, 'deck.pdf')),
      await printPage(
        browser,
        `${url}&showNotes=separate-page`,
        join(folder, 'deck-with-notes.pdf'),
      ),
    ]
  } finally {
    await browser?.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function printPage(browser: Browser, url: string, path: string): Promise<string> {
  const page = await browser.newPage({ colorScheme: 'light' })
  await page.goto(url)
  await page.waitForSelector('html[data-printable]', { state: 'attached' })
  await page.pdf({ path, preferCSSPageSize: true, printBackground: true })
  await page.close()
  return path
}
