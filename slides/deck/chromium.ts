// The Chromium of this machine; nothing is downloaded.
import { type Browser, chromium } from 'playwright-core'
import { find } from '../../tools/setup/programs.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export const findChromium = () => names.map((name) => find(name)).find((path) => path !== undefined)

export function chromiumPath(): string {
  const path = findChromium()
  if (!path)
    throw new Problem(
      `Found no Chromium on PATH (${names.join(', ')}). On Debian: sudo apt install chromium; on Ubuntu: sudo snap install chromium`,
    )
  return path
}

/** Starts it without a window. */
export async function launch(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath, args: ['--disable-gpu'] })
  } catch (error) {
    throw new Problem(
      `${executablePath} doesn't start:\n${(error as Error).message.slice(0, 1500)}`,
    )
  }
}
