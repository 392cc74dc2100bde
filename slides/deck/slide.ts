// One slide: its Markdown as HTML, with consoles, changes of steps, highlighted code and pictures
// in place of the blocks that ask for them.
import { Marked, type Token, type Tokens } from 'marked'
import { Problem } from '../../tools/setup/terminal.mjs'
import { parseChange, renderChange } from './change'
import type { Chapter, Plan } from './chapters'
import { type Console, renderConsole } from './console'
import { drawing } from './drawing'
import { highlight, renderToken } from './highlight'
import { clock, escapeHtml, numbered, stepNumber } from './html'
import { minutesOf, type Planned } from './plan'

/** `step` is 0 in the opening and the closing; `notes` is Markdown. */
export type Slide = {
  id: string
  chapter: string
  step: number
  title: string
  kind: string
  seconds: number
  notes: string
  consoles: Console[]
  html: string
}

/** A slide of `chapter`; some show something of all `chapters`. */
export async function renderSlide(
  source: Planned,
  chapter: Chapter,
  chapters: Chapter[],
  plan: Plan,
): Promise<Slide> {
  const { id, kind, notes, seconds } = source
  const { name, step } = chapter
  const { body, consoles } = await renderBody(source, chapter, chapters, plan)
  const attributes = { ...source.attributes, 'data-timing': `${seconds}` }
  const [, heading = ''] = /<h2>(.*?)<\/h2>/s.exec(body) ?? /<h1>(.*?)<\/h1>/s.exec(body) ?? []
  const title = heading.replace(/<[^>]+>/g, '')
  // The chapter's own heading, for outlines and screen readers.
  const tag = chapter.slides[0]?.id === id && firstWord(kind) !== 'title' ? 'h1' : 'span'
  const extra = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
  const html = `<section id="${id}" class="${kind}" data-step="${step}"${extra.join('')}>
<div class="slide">
<header><${tag}>${numbered(chapter)}</${tag}><span>${kinds[firstWord(kind)] ?? ''}</span></header>
${body}
</div>
<aside class="notes">${new Marked().parse(notes)}</aside>
</section>`
  return { id, chapter: name, step, title: title.trim(), kind, seconds, notes, consoles, html }
}

const firstWord = (text: string) => text.split(' ')[0]

// What a slide of a class is for, at its top.
const kinds: Record<string, string> = {
  question: 'The question',
  idea: 'The idea',
  picture: 'The picture',
  change: 'The change',
  try: 'Try it',
  turn: 'Your turn',
  break: 'Break it',
  recap: 'Recap',
}

async function renderBody(source: Planned, chapter: Chapter, chapters: Chapter[], plan: Plan) {
  const consoles: Console[] = []
  const made = new Map<Token, string>()
  const marked = new Marked({
    renderer: { code: (token) => made.get(token) ?? '', image: (token) => made.get(token) ?? '' },
  })
  const tokens = marked.lexer(source.markdown)
  const found: Token[] = []
  marked.walkTokens(tokens, (token) => {
    found.push(token)
  })
  for (const token of found) {
    if (token.type === 'image')
      made.set(token, await drawing(token as Tokens.Image, source.place, chapters))
    if (token.type !== 'code') continue
    const code = token as Tokens.Code
    const [kind = '', file] = (code.lang ?? '').split(/\s+/)
    if (kind === 'console') {
      const id = `${source.id}-${consoles.length + 1}`
      const { console, html } = renderConsole(id, chapter.step, code.raw, source.place)
      consoles.push(console)
      made.set(token, html)
    } else if (kind === 'change')
      made.set(token, renderChange(await parseChange(chapter.name, file, code.text, source.place)))
    else if (kind === 'agenda') made.set(token, renderAgenda(ofPart(chapters, chapter), plan))
    else made.set(token, await renderCode(code.text, kind, source.place))
  }
  const html = besides(marked.parser(tokens)).replace(
    /<h1>(\d\d)<\/h1>/,
    '<p class="number" aria-hidden="true">$1</p>',
  )
  return { body: html + renderEnd(source, chapter, chapters), consoles }
}

/** What slides of a class have below their own words. */
function renderEnd({ kind, seconds }: Planned, chapter: Chapter, chapters: Chapter[]): string {
  switch (firstWord(kind)) {
    case 'title':
    case 'recap':
      return renderOwn(ofPart(chapters, chapter), chapter.step)
    case 'turn':
      return `<ul class="help">${help(chapter.step)}</ul>${renderCountdown(seconds)}`
    case 'settle':
    case 'pause':
      return renderCountdown(seconds)
    default:
      return ''
  }
}

const help = (step: number) =>
  [
    ...(step === 1 ? ['<code>npm run begin</code> makes your <code>my-container/</code>'] : []),
    '<code>npm run watch</code> judges it whenever you save',
    `Lost? <code>npm run jump -- ${step}</code>; yours is kept`,
  ]
    .map((text) => `<li>${text}</li>`)
    .join('')

/** Client code counts it down once the slide is shown. In whole minutes: people speak of those. */
function renderCountdown(time: number): string {
  const seconds = time < 60 ? time : time - (time % 60)
  return seconds
    ? `<p class="countdown" role="timer" data-seconds="${seconds}">${clock(seconds)}</p>`
    : ''
}

async function renderCode(code: string, lang: string, place: string): Promise<string> {
  const lines = await highlight(code, lang || 'text').catch((error) => {
    throw new Problem(`${place}: ${error.message}`)
  })
  return `<pre class="code" tabindex="0"><code>${lines.map((line) => line.map(renderToken).join('')).join('\n')}</code></pre>`
}

/** What a container has for itself after step `now`. */
function renderOwn(chapters: Chapter[], now: number): string {
  const items = chapters
    .filter(({ own }) => own)
    .map(({ own = '', step }) => {
      const [state, words] =
        step > now
          ? ['not', 'the host’s']
          : step === now
            ? ['new', 'its own, new']
            : ['old', 'its own']
      return `<li class="${state}"><b>${escapeHtml(own)}</b><span>${words}</span></li>`
    })
  return `<ul class="own">${items.join('')}</ul>`
}

const ofPart = (chapters: Chapter[], { part }: Chapter) =>
  chapters.filter((chapter) => chapter.part === part)

const renderAgenda = (chapters: Chapter[], plan: Plan) =>
  `<ol class="agenda-list">${chapters
    .map((chapter) => {
      const minutes = minutesOf(chapter, plan)
      const time = minutes ? `${minutes} min` : ''
      return `<li><b>${stepNumber(chapter.step)}</b><span>${escapeHtml(chapter.title)}</span><span>${time}</span></li>`
    })
    .join('')}</ol>`

// Consoles that follow one another stand side by side.
const besides = (html: string) =>
  html.replace(/(<figure class="console .*?<\/figure>\s*)+/gs, (figures) => {
    const number = figures.split('<figure').length - 1
    return `<div class="consoles consoles-${number}">${figures}</div>`
  })
