// What the server gives out: the deck, and the script that reloads it.
import { type Terminals, reloadScript } from '../bundle'
import { type Asset, renderDeck } from '../deck'
import { recordings } from '../static'

/** The deck's page at `/`, and all it loads, by path. */
export type Site = Map<string, Asset>

export async function makeSite(terminals: Terminals): Promise<Site> {
  const [{ html, assets, slides }, script] = await Promise.all([
    renderDeck(terminals),
    reloadScript(),
  ])
  const casts = terminals === 'cast' ? recordings(slides) : ''
  const page = html.replace('</body>', () => `${casts}<script src="/reload.js"></script></body>`)
  return new Map([
    ...[...assets].map(([name, asset]) => [`/assets/${name}`, asset] as const),
    ['/', { type: 'text/html', body: page }],
    ['/reload.js', { type: 'text/javascript', body: script }],
  ])
}
