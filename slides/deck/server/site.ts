// What the server gives out: the deck, and the script that reloads it.
import { build } from 'esbuild'
import { at } from '../../../tools/setup/project.mjs'
import { castsElement } from '../casts'
import { renderDeck, type Terminals } from '../deck'
import type { Asset } from '../deck'
import { readCasts } from '../static'

/** The page of the deck by `/`, and all it refers to by its path. */
export type Site = Map<string, Asset>

export async function makeSite(terminals: Terminals): Promise<Site> {
  const [{ html, assets, slides }, script] = await Promise.all([
    renderDeck({ terminals }),
    reloadScript(),
  ])
  return new Map([
    ...[...assets].map(([name, asset]) => [`/assets/${name}`, asset] as const),
    [
      '/',
      {
        type: 'text/html',
        body: complete(html, terminals === 'cast' ? castsElement(readCasts(slides)) : ''),
      },
    ],
    ['/reload.js', { type: 'text/javascript', body: script }],
  ])
}

const complete = (html: string, data: string) =>
  html.replace('</body>', () => `${data}<script src="/reload.js"></script></body>`)

export async function reloadScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('slides', 'client', 'reload.ts')],
    bundle: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].text
}
