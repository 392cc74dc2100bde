// The deck as one file: what the page would load stands in it.
import { existsSync, readFileSync } from 'node:fs'
import { at } from '../lib/project.mjs'
import { castsElement } from './casts'
import type { Deck, Slide } from './deck'

/** Recordings by the id of their console: an asciicast each. */
export type Casts = Record<string, string>

export function readCasts(slides: Slide[]): Casts {
  const files = slides
    .flatMap(({ consoles }) => consoles)
    .map(({ id }) => [id, at('slides', 'casts', `${id}.cast`)])
    .filter(([, file]) => existsSync(file))
  return Object.fromEntries(files.map(([id, file]) => [id, readFileSync(file, 'utf8')]))
}

export function inlined({ html, assets, slides }: Deck, casts: Casts = readCasts(slides)): string {
  const body = (name: string) => String(assets.get(name)?.body)
  const script = body('static.js').replaceAll('</script', '<\\/script')
  return html
    .replace(
      /<link rel="icon" href="\/assets\/(.*?)">/,
      (_, name) => `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(body(name))}">`,
    )
    .replace(/<link rel="stylesheet" href="\/assets\/(.*?)">/g, (_, name) => `<style>${body(name)}</style>`)
    .replace(/<script type="module" src="\/assets\/(.*?)"><\/script>\n/g, '')
    .replace('</body>', () => `${castsElement(casts)}\n<script>${script}</script>\n</body>`)
}
