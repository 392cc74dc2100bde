// The whole deck as one page for reveal.js, with its assets: chapters.ts reads the Markdown,
// slide.ts makes the slides, page.ts surrounds them, and bundle.ts adds the scripts.
//
// What the page promises to those scripts:
// - A block `console NAME` is a <figure class="console" data-console="SLIDE-N"
//   data-terminal="NAME" data-step="3" data-commands='["…"]' data-sides="host …">. N counts from 1
//   on its slide; extra words of the block are further data attributes. Its <pre> is the
//   transcript.
// - Figures in a row share a <div class="consoles consoles-N">, as high as the slide.
// - A strict Content-Security-Policy holds: no inline script, style or event handler.
// - The color-scheme of <html> decides the colours; without it, the browser's setting does.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { at } from '../../tools/setup/project.mjs'
import { bundle, type Terminals } from './bundle'
import { type Chapter, type Part, type Plan, readChapters } from './chapters'
import { fontCss, fonts } from './fonts'
import { highlightCss } from './highlight'
import { renderPage } from './page'
import { minutesOf, schedule, usual } from './plan'
import { renderSlide, type Slide } from './slide'

export type Asset = { type: string; body: string | Buffer }

/** `html` refers to its assets as `/assets/NAME`; NAME is the key in `assets`. */
export type Deck = {
  html: string
  assets: Map<string, Asset>
  slides: Slide[]
  chapters: Chapter[]
}

/** The deck of one part, for one plan. */
export async function renderDeck(
  terminals: Terminals,
  plan: Plan = usual,
  part: Part = 1,
): Promise<Deck> {
  const all = readChapters()
  const chapters = all.filter((chapter) => chapter.part === part)
  const shown = chapters.filter((chapter) => minutesOf(chapter, plan) > 0)
  const [scripts, slides] = await Promise.all([
    bundle(terminals),
    Promise.all(
      shown.map((chapter) =>
        Promise.all(
          schedule(chapter, plan).map((source) => renderSlide(source, chapter, all, plan)),
        ),
      ),
    ),
  ])
  // Last, when all colours are known.
  const assets = new Map<string, Asset>([
    ['icon.svg', { type: 'image/svg+xml', body: icon }],
    ['deck.css', { type: 'text/css', body: styles() }],
    ...fonts.map(({ name, body }) => [name, { type: 'font/woff2', body }] as const),
    ...scripts,
  ])
  const sheets = [...assets.keys()].filter((name) => name.endsWith('.css'))
  const head = [
    '<link rel="icon" href="/assets/icon.svg">',
    ...sheets.map((name) => `<link rel="stylesheet" href="/assets/${name}">`),
    '<script type="module" src="/assets/main.js"></script>',
  ].join('\n')
  const sections = slides.map(
    (chapter) => `<section>\n${chapter.map(({ html }) => html).join('\n')}\n</section>`,
  )
  const isLive = terminals === 'live'
  const html = renderPage({ chapters: shown, plan, slides: sections, head, isLive })
  return { html, assets, slides: slides.flat(), chapters }
}

const require = createRequire(import.meta.url)

const styles = () =>
  [
    fontCss(({ name }) => `/assets/${name}`),
    readFileSync(require.resolve('reveal.js/reset.css'), 'utf8'),
    readFileSync(require.resolve('reveal.js/reveal.css'), 'utf8'),
    readFileSync(at('slides', 'deck', 'theme.css'), 'utf8'),
    highlightCss(),
  ].join('\n')

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="3" y="3" width="26" height="26" rx="7" fill="none" stroke="#2563eb" stroke-width="4" stroke-dasharray="7 4"/><circle cx="16" cy="16" r="6" fill="#d97706"/></svg>'
