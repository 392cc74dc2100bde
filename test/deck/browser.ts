// The system's Chromium for the deck's tests.
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { find } from '../../tools/setup/programs.mjs'
import { chromiumPath, findChromium } from '../../slides/deck/chromium'
import { HANG } from '../harness/waiting'

/** Whether programs are missing here, so that tests are left out. In CI they fail instead. */
export function missing(...programs: string[]): boolean {
  const names = programs.filter((name) => (name === 'chromium' ? !findChromium() : !find(name)))
  if (names.length === 0 || process.env.CI) return false
  console.log(
    `deck: some tests are left out: they need ${names.join(' and ')} (apt install chromium poppler-utils)`,
  )
  return true
}

export type Browser = { context: BrowserContext; close(): Promise<void> }

type Options = { offline?: boolean; executable?: string; args?: string[] }

/** Starts it. `offline` cuts it off from every network, even this machine's own. */
export async function startBrowser({
  offline = false,
  executable = chromiumPath(),
  args = [],
}: Options = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: executable,
    args: ['--disable-gpu', ...args],
    timeout: HANG,
  })
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, offline })
  context.setDefaultTimeout(HANG)
  return { context, close: () => browser.close() }
}

/** What a page must never do: errors in its console or scripts, requests beyond `origin`. */
export function watch(page: Page, origin: string): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error in a script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url))
      complaints.push(`request to another place: ${url}`)
  })
  // Leaving a page aborts what it still loads.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      complaints.push(`failed request: ${request.url()} ${request.failure()?.errorText}`)
  })
  return complaints
}
