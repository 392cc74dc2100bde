// npm run slides:build: the deck as one file that needs no server, and the papers that go with it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { at } from '../lib/project.mjs'
import { say, task } from '../lib/terminal.mjs'
import { type Deck, renderDeck } from './deck'

export async function run(_args: string[]) {
  const folder = at('build', 'slides')
  await task('Building the deck', async () => {
    const deck = await renderDeck({ terminals: 'cast' })
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/index.html`, inlined(deck))
  })
  say(`${folder}/index.html  ${Math.round(readFileSync(`${folder}/index.html`).length / 1024)} KiB`)
}

/** The page with its assets and casts in it. */
export function inlined({ html, assets, slides }: Deck): string {
  const body = (name: string) => String(assets.get(name)?.body)
  const page = html
    .replace(
      /<link rel="icon" href="\/assets\/(.*?)">/,
      (_, name) => `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(body(name))}">`,
    )
    .replace(/<link rel="stylesheet" href="\/assets\/(.*?)">/g, (_, name) => `<style>${body(name)}</style>`)
    .replace(/<script type="module" src="\/assets\/(.*?)"><\/script>\n/g, '')
  const casts = slides
    .flatMap(({ consoles }) => consoles)
    .map(({ id }) => [id, at('slides', 'casts', `${id}.cast`)])
    .filter(([, file]) => existsSync(file))
    .map(([id, file]) => [id, readFileSync(file, 'utf8')])
  const data = JSON.stringify(Object.fromEntries(casts)).replaceAll('<', '\\u003c')
  const script = body('static.js').replaceAll('</script', '<\\/script')
  return page.replace(
    '</body>',
    () => `<script type="application/json" id="casts">${data}</script>\n<script>${script}</script>\n</body>`,
  )
}
