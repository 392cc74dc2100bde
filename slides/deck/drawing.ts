// A picture of the deck, as SVG in a page.
import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import type { Chapter } from './chapters'
import { escapeHtml } from './html'
import { type Picture, width } from './picture'

/** A picture may show something of the chapters. */
type Exported = Picture | ((chapters: Chapter[]) => Picture)

/** The picture in slides/pictures/NAME.ts for `![text](pictures/NAME)`. */
export async function drawing(
  { href, text }: { href: string; text: string },
  place: string,
  chapters: Chapter[],
): Promise<string> {
  const file = at('slides', `${href}.ts`)
  if (!existsSync(file)) throw new Problem(`${place}: there is no picture ${file}`)
  if (!text) throw new Problem(`${place}: the picture ${href} needs a title: ![title](${href})`)
  const found = await load(file)
  return draw(typeof found === 'function' ? found(chapters) : found, text)
}

// Loaded anew each time, so that a deck being served shows an edited picture.
async function load(file: string): Promise<Exported> {
  const options = { bundle: true, format: 'esm', write: false, logLevel: 'silent' } as const
  const [{ text }] = (await build({ ...options, entryPoints: [file] })).outputFiles
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)).default
}

function draw({ description, height, shapes }: Picture, title: string): string {
  const [name, words] = [escapeHtml(title), escapeHtml(description)]
  return (
    `<svg class="picture" viewBox="-2 -2 ${width + 4} ${height + 4}" role="img" aria-label="${name}. ${words}">` +
    `<title>${name}</title><desc>${words}</desc>${shapes.join('')}</svg>`
  )
}
