// The deck as one file: what the page would load stands in it.
import { castsElement, readCast } from './casts'
import type { Deck, Slide } from './deck'

/** Recordings by the id of their console: an asciicast each. */
export type Casts = Record<string, string>

export function readCasts(slides: Slide[]): Casts {
  const ids = slides.flatMap(({ consoles }) => consoles.map(({ id }) => id))
  return Object.fromEntries(
    ids.flatMap((id) => {
      const cast = readCast(id)
      return cast === undefined ? [] : [[id, cast]]
    }),
  )
}

export function inlined({ html, assets, slides }: Deck, casts: Casts = readCasts(slides)): string {
  const body = (name: string) => String(assets.get(name)?.body)
  const script = body('static.js').replaceAll('</script', '<\\/script')
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
    .replace('</body>', () => `${castsElement(casts)}\n<script>${script}</script>\n</body>`)
}
