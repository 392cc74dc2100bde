// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { at } from '../lib/project.mjs'
import { task } from '../lib/terminal.mjs'
import { renderDeck } from './deck'
import { renderGuide } from './guide'
import { renderHandout } from './handout'
import { report } from './report'
import { inlined } from './static'

export async function run(args: string[]) {
  const { out } = new Command('npm run slides:build --')
    .description('Makes index.html, the deck in one file; handout.html; and instructor.html.')
    .option('--out <folder>', 'where to put them', at('build', 'slides'))
    .parse(args, { from: 'user' })
    .opts<{ out: string }>()
  const files = await task('Building the deck', () => build(out))
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
  mkdirSync(folder, { recursive: true })
  return Object.entries(pages).map(([name, html]) => {
    writeFileSync(join(folder, name), html)
    return join(folder, name)
  })
}
