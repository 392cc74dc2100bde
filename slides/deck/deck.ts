// The deck as data: Markdown of slides/, pictures, diffs of steps/, into one page for reveal.js.
//
// What the rest of the tools counts on:
// - A fenced block `console NAME` becomes
//     <figure class="console" data-console="SLIDE-N" data-terminal="host|container|…" data-step="3" data-commands='["…"]'>
//       <figcaption>NAME</figcaption><pre>the transcript</pre>
//     </figure>
//   N counts from 1 on its slide; data-commands are the inputs without their prompts; data-NAME=VALUE for extra words.
//   Figures that follow one another stand side by side in a <div class="consoles consoles-N">, which has the slide's height.
// - Live: slides/client/terminal.ts exports mountTerminals(root: HTMLElement) and takes over these figures. main.ts calls it
//   when <html data-terminals="live">, and not in the small slides of the speaker view (?receiver in the URL).
// - Static: slides/client/cast.ts exports mountCasts(root: HTMLElement, casts: Record<string, string>), where casts are
//   slides/casts/<data-console>.cast by their data-console, put into the page by build.ts. The <pre> is the fallback.
// - Bundles: slides/client/main.ts (live) and slides/client/static.ts (static), made by esbuild; styles that these import are
//   in main.css and static.css. No inline script, style or event handler in the page. The speaker view is an inline script
//   in a window that inherits the policy: script-src needs speakerScriptHash() of ./speaker, style-src 'unsafe-inline'.
// - Light and dark: <html data-theme="light|dark">, or the browser's wish where it is not set; colours are variables of
//   slides/theme.css with light-dark(). The deck is 1280×720 and scaled by reveal.js.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { at } from '../../tools/setup/project.mjs'
import { bundle } from './bundle'
import { type Chapter, readChapters, type Source } from './chapters'
import { highlightCss } from './highlight'
import { escapeHtml } from './html'
import { renderNotes, renderSlide } from './markdown'
import { renderPage } from './page'

export type Terminals = 'live' | 'cast' | 'none'

export type Asset = { type: string; body: string | Buffer }

/** A console block of a slide: `id` is its data-console. */
export type Console = {
  id: string
  terminal: string
  step: number
  commands: string[]
  options: Record<string, string>
}

/** `step` is 0 in the opening and the closing. `notes` is Markdown. */
export type Slide = {
  id: string
  chapter: string
  step: number
  title: string
  kind: string
  seconds: number
  notes: string
  consoles: Console[]
}

/** `html` refers to its assets by `/assets/NAME`; NAME is the key in `assets`. */
export type Deck = {
  html: string
  assets: Map<string, Asset>
  slides: Slide[]
  chapters: Chapter[]
}

export async function renderDeck({ terminals }: { terminals: Terminals }): Promise<Deck> {
  const chapters = readChapters()
  const name = terminals === 'cast' ? 'static' : 'main'
  const [scripts, rendered] = await Promise.all([
    bundle(name, { split: name === 'main' }),
    Promise.all(chapters.map((chapter) => renderChapter(chapter))),
  ])
  const assets = new Map<string, Asset>([
    ['deck.css', { type: 'text/css', body: styles() }],
    ['icon.svg', { type: 'image/svg+xml', body: icon }],
  ])
  for (const [file, body] of scripts)
    assets.set(file, { type: file.endsWith('.css') ? 'text/css' : 'text/javascript', body })
  const head = [
    '<link rel="icon" href="/assets/icon.svg">',
    '<link rel="stylesheet" href="/assets/deck.css">',
    ...(assets.has(`${name}.css`) ? [`<link rel="stylesheet" href="/assets/${name}.css">`] : []),
    `<script type="module" src="/assets/${name}.js"></script>`,
  ]
  const html = renderPage({
    chapters,
    slides: rendered.map(({ html }) => html),
    terminals,
    head: head.join('\n'),
    foot: '',
  })
  return { html, assets, slides: rendered.flatMap(({ slides }) => slides), chapters }
}

async function renderChapter(chapter: Chapter): Promise<{ html: string; slides: Slide[] }> {
  const rendered = await Promise.all(chapter.slides.map((source) => renderSection(chapter, source)))
  const sections = rendered.map(({ html }) => html).join('\n')
  return { html: `<section>\n${sections}\n</section>`, slides: rendered.map(({ slide }) => slide) }
}

async function renderSection(
  chapter: Chapter,
  source: Source,
): Promise<{ html: string; slide: Slide }> {
  const { id, kind, attributes, notes } = source
  const { html, title, consoles } = await renderSlide(chapter, source)
  const extra = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
  const section = `<section id="${id}" class="${kind}" data-step="${chapter.step}"${extra.join('')}>
<div class="slide">
<header><span>${chapter.step ? `<b>${String(chapter.step).padStart(2, '0')}</b> ` : ''}${escapeHtml(chapter.title)}</span><span>${kinds[kind.split(' ')[0]] ?? ''}</span></header>
${html}
</div>
<aside class="notes">${await renderNotes(notes)}</aside>
</section>`
  const slide = {
    id,
    chapter: chapter.name,
    step: chapter.step,
    title,
    kind,
    seconds: Number(attributes['data-timing']),
    notes,
    consoles,
  }
  return { html: section, slide }
}

// What a slide of a class is for, at its top.
const kinds: Record<string, string> = {
  question: 'The question',
  idea: 'The idea',
  picture: 'The picture',
  change: 'The change',
  try: 'Try it',
  break: 'Break it',
  recap: 'Recap',
}

const require = createRequire(import.meta.url)

const styles = () =>
  [
    readFileSync(require.resolve('reveal.js/reset.css'), 'utf8'),
    readFileSync(require.resolve('reveal.js/reveal.css'), 'utf8'),
    readFileSync(at('slides', 'theme.css'), 'utf8'),
    highlightCss(),
  ].join('\n')

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="3" y="3" width="26" height="26" rx="7" fill="none" stroke="#2563eb" stroke-width="4" stroke-dasharray="7 4"/><circle cx="16" cy="16" r="6" fill="#d97706"/></svg>'
