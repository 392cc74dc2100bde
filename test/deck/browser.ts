// The system's Chromium for the deck's tests, with a temporary profile.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

export type Size = { width: number; height: number }
export const sizes: Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]

export type Browser = { context: BrowserContext; close(): Promise<void> }

type Options = { offline?: boolean; size?: Size; executable?: string; args?: string[] }

/** Starts it. `offline` cuts it off from every network, even this machine's own. */
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
    timeout: HANG,
  })
  context.setDefaultTimeout(HANG)
  return {
    context,
    async close() {
      await context.close()
      if (existsSync(profile)) rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
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
