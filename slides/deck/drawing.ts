// A picture of the deck, as SVG in a page.
import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { escapeHtml } from './html'
import { type Picture, width } from './picture'

/** The picture in slides/pictures/NAME.ts, in a page. */
export async function drawing(href: string, title: string, place: string): Promise<string> {
  const file = at('slides', `${href}.ts`)
  if (!existsSync(file)) throw new Problem(`${place}: there is no picture ${file}`)
  if (!title) throw new Problem(`${place}: the picture ${href} needs a title: ![title](${href})`)
  return draw(await load(file), title)
}

// As a module of its own each time, so that a deck that is served shows an edited one.
async function load(file: string): Promise<Picture> {
  const options = { bundle: true, format: 'esm', write: false, logLevel: 'silent' } as const
  const [{ text }] = (await build({ ...options, entryPoints: [file] })).outputFiles
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)).default
}

function draw({ description, height, shapes }: Picture, title: string): string {
  return (
    `<svg class="picture" viewBox="-2 -2 ${width + 4} ${height + 4}" role="img" aria-label="${escapeHtml(title)}. ${escapeHtml(description)}">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>${shapes.join('')}</svg>`
  )
}
