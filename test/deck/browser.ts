// A Chromium for the tests of the deck: the system's own, with a profile that is thrown away.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { find } from '../../tools/setup/programs.mjs'
import { chromiumPath, findChromium } from '../../slides/deck/chromium'
import { slowness } from '../harness/slowness'

/** What is not installed here, so that tests are left out; never in CI, where they fail without it. */
export function missing(...programs: string[]): boolean {
  const names = programs.filter((name) => (name === 'chromium' ? !findChromium() : !find(name)))
  if (names.length === 0 || process.env.CI) return false
  console.log(`deck: some tests are left out, they need ${names.join(' and ')}`)
  return true
}

export type Size = { width: number; height: number }
export const sizes: Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]

export type Browser = { context: BrowserContext; close(): Promise<void> }

/** Less than the limit of a test, so that what it waited for is named. */
const limit = 20_000 * slowness

type Options = { offline?: boolean; size?: Size; executable?: string; args?: string[] }

/** Starts it. `offline` cuts it off from every network, also from this machine's own. */
export async function startBrowser({
  offline = false,
  size = sizes[0],
  executable = chromiumPath(),
  args = [],
}: Options = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'deck-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
    viewport: size,
    offline,
    timeout: limit,
  })
  context.setDefaultTimeout(limit)
  return {
    context,
    async close() {
      await context.close()
      if (existsSync(profile)) rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** What a page should never do: errors on its console or in its scripts, and requests to anywhere but `origin`. */
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
      complaints.push(`a request to another place: ${url}`)
  })
  // A page that is left gives up what it still loads.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      complaints.push(`failed request: ${request.url()} ${request.failure()?.errorText}`)
  })
  return complaints
}
