// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCast } from './casts'
import { type Deck, renderDeck } from './deck'
import { renderGuide } from './guide'
import { renderHandout } from './handout'
import type { Slide } from './slide'

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

/** The slides' recordings by the id of their console, as an element for client/cast.ts. */
export function recordings(slides: Slide[]): string {
  const ids = slides.flatMap(({ consoles }) => consoles.map(({ id }) => id))
  const casts = Object.fromEntries(ids.map((id) => [id, readCast(id)]))
  const json = JSON.stringify(casts).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="casts">${json}</script>`
}

/** The page in one file, with the recordings of `slides`: none for paper. */
export function inlined({ html, assets }: Deck, slides: Slide[]): string {
  const body = (name: string) => String(assets.get(name)?.body)
  const script = body('main.js').replaceAll('</script', '<\\/script')
  return html
    .replace(
      /<link rel="icon" href="\/assets\/(.*?)">/,
      (_, name) => `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(body(name))}">`,
    )
    .replace(
      /<link rel="stylesheet" href="\/assets\/(.*?)">/g,
      (_, name) => `<style>${body(name)}</style>`,
    )
    .replace(/<script type="module" src="\/assets\/(.*?)"><\/script>\n/g, '')
    .replace('</body>', () => `${recordings(slides)}\n<script>${script}</script>\n</body>`)
}
