// A slide's Markdown as HTML: consoles, changes of steps, highlighted code and pictures in place of what stands for them.
import { Marked, type Tokens } from 'marked'
import { Problem } from '../../tools/setup/terminal.mjs'
import { parseChange, renderChange } from './change'
import { type Chapter, readChapters, type Source } from './chapters'
import { renderConsole } from './console'
import type { Console } from './deck'
import { highlight } from './highlight'
import { escapeHtml } from './html'
import { drawing } from './drawing'

export type Rendered = { html: string; title: string; consoles: Console[] }

export async function renderSlide(chapter: Chapter, slide: Source): Promise<Rendered> {
  const consoles: Console[] = []
  const made = new Map<Tokens.Generic, string>()
  const marked = new Marked({
    renderer: { code: (token) => made.get(token) ?? '', image: (token) => made.get(token) ?? '' },
  })
  const tokens = marked.lexer(slide.markdown)
  const found: Tokens.Generic[] = []
  marked.walkTokens(tokens, (token) => {
    found.push(token)
  })
  for (const token of found) {
    if (token.type === 'code')
      made.set(token, await renderCode(token as Tokens.Code, chapter, slide, consoles))
    if (token.type === 'image') made.set(token, await drawing(token.href, token.text, slide.place))
  }
  const html = marked.parser(tokens)
  const title = /<h[12]>(.*?)<\/h[12]>/s.exec(html)?.[1].replace(/<[^>]+>/g, '') ?? ''
  return { html: besides(html), title: title.trim(), consoles }
}

async function renderCode(
  token: Tokens.Code,
  chapter: Chapter,
  slide: Source,
  consoles: Console[],
): Promise<string> {
  const [kind = '', ...info] = (token.lang ?? '').split(/\s+/)
  if (kind === 'console') {
    const id = `${slide.id}-${consoles.length + 1}`
    const { console, html } = renderConsole(
      id,
      chapter.step,
      token.lang as string,
      token.text,
      slide.place,
    )
    consoles.push(console)
    return html
  }
  if (kind === 'change')
    return renderChange(await parseChange(chapter.step, info[0], token.text, slide.place))
  if (kind === 'own') return renderOwn(chapter.step)
  if (kind === 'agenda') return renderAgenda(readChapters())
  const lines = await highlight(token.text, kind || 'text').catch((error) => {
    throw new Problem(`${slide.place}: ${error.message}`)
  })
  return `<pre class="code" tabindex="0"><code>${lines.join('\n')}</code></pre>`
}

// What a container has of its own, and from which step on.
const own: [name: string, step: number][] = [
  ['hostname', 2],
  ['processes', 3],
  ['mounts', 4],
  ['root', 5],
  ['devices', 6],
  ['limits', 7],
  ['network', 8],
  ['IPC', 9],
]

function renderOwn(now: number): string {
  const items = own.map(([name, step]) => {
    const [state, words] =
      step > now
        ? ['not', 'the host’s']
        : step === now
          ? ['new', 'its own, new']
          : ['old', 'its own']
    return `<li class="${state}"><b>${name}</b><span>${words}</span></li>`
  })
  return `<ul class="own">${items.join('')}</ul>`
}

const renderAgenda = (chapters: Chapter[]) =>
  `<ol class="agenda-list">${chapters
    .map(
      ({ step, title, minutes }) =>
        `<li><b>${step ? String(step).padStart(2, '0') : ''}</b><span>${escapeHtml(title)}</span><span>${minutes[1]} min</span></li>`,
    )
    .join('')}</ol>`

// Consoles that follow one another stand side by side.
function besides(html: string): string {
  return html.replace(/(<figure class="console .*?<\/figure>\s*)+/gs, (figures) => {
    const number = figures.split('<figure').length - 1
    return `<div class="consoles consoles-${number}">${figures}</div>`
  })
}

export const renderNotes = async (notes: string) => new Marked().parse(notes)
