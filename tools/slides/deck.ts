// The deck as data: Markdown of slides/, pictures, diffs of steps/, into one page for reveal.js.
//
// What the rest of the tools counts on:
// - A fenced block `console NAME` becomes
//     <figure class="console" data-console="SLIDE-N" data-terminal="host|container|…" data-step="3" data-commands='["…"]'>
//       <figcaption>…</figcaption><pre>the transcript</pre>
//     </figure>
//   N counts from 1 on its slide; data-commands are the inputs without their prompts; data-NAME=VALUE for extra words.
// - Live: slides/client/terminal.ts exports mountTerminals(root: HTMLElement) and takes over these figures.
// - Static: slides/client/cast.ts exports mountCasts(root: HTMLElement, casts: Record<string, string>), where casts are
//   slides/casts/<data-console>.cast by their data-console, put into the page by build.ts. The <pre> is the fallback.
// - Bundles: slides/client/main.ts (live) and slides/client/static.ts (static), made by esbuild. No inline script or style.

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
export type Slide = { id: string; step: number; title: string; notes: string; consoles: Console[] }

/** `html` refers to its assets by `/assets/NAME`, which is the key in `assets` as well. */
export type Deck = { html: string; assets: Map<string, Asset>; slides: Slide[] }

export async function renderDeck(_options: { terminals: Terminals }): Promise<Deck> {
  return { html: '', assets: new Map(), slides: [] }
}
