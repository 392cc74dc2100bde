// The instructor's guide: the plans, what goes wrong, and what to say on each slide.
import { Marked } from 'marked'
import { type Chapter, plans } from './chapters'
import type { Deck } from './deck'
import { clock, escapeHtml, numbered } from './html'
import { renderPaper } from './paper'
import type { Slide } from './slide'

export function renderGuide({ chapters, slides }: Deck): string {
  const parts = chapters.map((chapter) => ({
    chapter,
    slides: slides.filter((slide) => slide.chapter === chapter.name),
  }))
  return renderPaper(
    'Containers from scratch: instructor’s guide',
    'guide',
    `<h1>Instructor’s guide</h1>
<p>These are the notes of the deck. The presenter view (key <kbd>S</kbd>) shows them too, with the next slide and whether you are on time.</p>
<h2>Before the day</h2>
<ul>
<li>Send everybody the section “A Linux to run it on” of the README. Ask them to run <code>npm run setup</code> and <code>npm run doctor</code> on a good network.</li>
<li>In the room, with the projector, run <code>npm run slides</code> on the machine you will use. Press <kbd>T</kbd> for light or dark, and try one terminal.</li>
<li>Put the files of <code>npm run slides:build</code> on a memory stick: they play recordings where you can’t install anything.</li>
<li>Print the handout, one page for each person.</li>
</ul>
<h2>Three plans</h2>
${renderPlans(chapters)}
<p>${advice.map(escapeHtml).join('</p>\n<p>')}</p>
<h2>What usually goes wrong</h2>
<dl>
${parts.map(({ chapter, slides }) => renderTroubles(chapter, slides)).join('\n')}
</dl>
<h2>What to say</h2>
${parts.map(({ chapter, slides }) => renderNotes(chapter, slides)).join('\n')}`,
  )
}

const advice = [
  '45 minutes: a talk. Only you type. Show the pictures, the changes and one console for each step. Leave out “Break it” in steps 02 and 04, most of steps 08 and 09, and step 10.',
  '90 minutes: the whole deck at a walking pace. You type, and the room repeats the commands of “Try it”.',
  '180 minutes: before each recap, everybody writes the step in their own program, on a slide that counts down. There is a break of ten minutes after step 06.',
  'A terminal hides what a command shows until you run it. Ask the room first: what will it be? Your presenter view has it.',
]

function renderPlans(chapters: Chapter[]): string {
  const starts = plans.map(() => 0)
  const rows = chapters.map((chapter) => {
    const cells = chapter.minutes.map((length, plan) => {
      const start = starts[plan]
      starts[plan] += length
      return `<td>${length ? `${clock(start)} <span>${length} min</span>` : 'left out'}</td>`
    })
    return `<tr><th scope="row">${numbered(chapter)}</th>${cells.join('')}</tr>`
  })
  const heads = plans.map((length) => `<th scope="col">${length} minutes</th>`)
  return `<table><thead><tr><th scope="col">Chapter</th>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

const marked = new Marked()

function renderTroubles({ title }: Chapter, slides: Slide[]): string {
  const troubles = slides
    .flatMap(({ notes }) => notes.split(/\n\n+/))
    .filter((text) => text.startsWith('**Goes wrong**'))
    .map((text) => `<dd>${marked.parseInline(text.replace('**Goes wrong**', ''))}</dd>`)
  return troubles.length ? `<dt>${escapeHtml(title)}</dt>${troubles.join('')}` : ''
}

function renderNotes(chapter: Chapter, slides: Slide[]): string {
  const parts = slides.map(
    ({ title, seconds, notes }) =>
      `<h4>${escapeHtml(title)} <span>${clock(seconds)}</span></h4>\n${marked.parse(notes)}`,
  )
  return `<section><h3>${numbered(chapter)}</h3>${parts.join('\n')}</section>`
}
