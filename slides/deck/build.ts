// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { task } from '../../tools/setup/terminal.mjs'
import { renderDeck } from './deck'
import { renderGuide } from './guide'
import { renderHandout } from './handout'
import { outputFolder, report } from './output'
import { inlined } from './static'

export async function run(args: string[]) {
  const folder = outputFolder(
    'slides:build',
    'Makes index.html, the deck in one file; handout.html; and instructor.html.',
    args,
  )
  const files = await task('Building the deck', () => build(folder))
  report(files)
}

/** Makes all files; resolves to their paths. */
export async function build(folder: string): Promise<string[]> {
  const deck = await renderDeck({ terminals: 'cast' })
  const pages = {
    'index.html': inlined(deck),
    'handout.html': renderHandout(),
    'instructor.html': await renderGuide(deck),
  }
  return Object.entries(pages).map(([name, html]) => {
    writeFileSync(join(folder, name), html)
    return join(folder, name)
  })
}
