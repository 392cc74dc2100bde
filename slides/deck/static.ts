// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCast } from './casts'
import { type Part, parts } from './chapters'
import { type Deck, renderDeck } from './deck'
import { dataUrl, fonts } from './fonts'
import { renderGuide } from './guide'
import { renderHandout } from './handout'
import { usual } from './plan'
import type { Slide } from './slide'

/** Makes all files of both parts; resolves to their paths. */
export async function build(folder: string): Promise<string[]> {
  const decks = await Promise.all(parts.map((part) => renderDeck('cast', usual, part)))
  const pages = Object.assign(
    {},
    ...decks.map((deck, index) => ({
      [nameOf('index.html', parts[index])]: inlined(deck, deck.slides),
      [nameOf('handout.html', parts[index])]: renderHandout(deck.chapters),
      [nameOf('instructor.html', parts[index])]: renderGuide(deck),
    })),
  ) as Record<string, string>
  return Object.entries(pages).map(([name, html]) => {
    writeFileSync(join(folder, name), html)
    return join(folder, name)
  })
}

/** `deck.pdf` of part two is `deck-part-2.pdf`. */
export const nameOf = (file: string, part: Part) =>
  part === 1 ? file : file.replace('.', `-part-${part}.`)

/** The slides' recordings by the id of their console, as an element for client/cast.ts. */
export function recordings(slides: Slide[]): string {
  const ids = slides.flatMap(({ consoles }) => consoles.map(({ id }) => id))
  const casts = Object.fromEntries(ids.map((id) => [id, readCast(id)]))
  const json = JSON.stringify(casts).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="casts">${json}</script>`
}

/** The page in one file, with the recordings of `slides`: none for paper. */
export function inlined({ html, assets }: Deck, slides: Slide[]): string {
  const addresses = new Map(fonts.map((font) => [`/assets/${font.name}`, dataUrl(font)]))
  const body = (name: string) =>
    String(assets.get(name)?.body).replace(
      /\/assets\/[\w-]+\.woff2/g,
      (path) => addresses.get(path) ?? path,
    )
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
