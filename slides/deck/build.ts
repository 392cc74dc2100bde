// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderDeck } from './deck'
import { renderGuide } from './guide'
import { renderHandout } from './handout'
import { inlined } from './static'

/** Makes all files; resolves to their paths. */
export async function build(folder: string): Promise<string[]> {
  const deck = await renderDeck('cast')
  const pages = {
    'index.html': inlined(deck, deck.slides),
    'handout.html': renderHandout(deck.chapters),
    'instructor.html': renderGuide(deck),
  }
  return Object.entries(pages).map(([name, html]) => {
    writeFileSync(join(folder, name), html)
    return join(folder, name)
  })
}
