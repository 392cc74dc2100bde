// The instructor's guide: the plans, what goes wrong, and what to say on each slide, out of the deck's own sources.
import { Marked } from 'marked'
import { type Chapter, plans } from './chapters'
import type { Deck, Slide } from './deck'
import { escapeHtml } from './html'
import { renderPaper } from './paper'

export async function renderGuide({ chapters, slides }: Deck): Promise<string> {
  const marked = new Marked()
  return renderPaper(
    'Containers from scratch: instructor’s guide',
    'guide',
    `<h1>Instructor’s guide</h1>
<p>Made from the notes of the deck. The presenter view (key <kbd>S</kbd>) shows the same notes, the next slide and how you are doing for time.</p>
<h2>Before the day</h2>
<ul>
<li>Send everybody the section “A Linux to run it on” of the README, and ask them to run <code>npm run setup</code> and <code>npm run doctor</code> on a good network.</li>
<li>Run <code>npm run slides</code> on the machine you will use, in the room, with the projector: press <kbd>T</kbd> for light or dark, and try one terminal.</li>
<li>Put <code>npm run slides:build</code> on a stick: it plays recordings where nothing can be installed.</li>
<li>Print the handout, one page for each person.</li>
</ul>
<h2>Three plans</h2>
${renderPlans(chapters)}
<p>${advice.map(escapeHtml).join('</p>\n<p>')}</p>
<h2>What usually goes wrong</h2>
<dl class="wrong">
${chapters.map((chapter) => renderTroubles(chapter, slides, marked)).join('\n')}
</dl>
<h2>What to say</h2>
${chapters.map((chapter) => renderChapter(chapter, slides, marked)).join('\n')}`,
  )
}

const advice = [
  '45 minutes: a talk. You type, nobody else does. Show the pictures, the changes and one console a step; leave out the “break it” of steps 02 and 04, most of step 08, and step 09.',
  '90 minutes: the whole deck at a walk, you at the keyboard, the room repeats the lines of “try it”.',
  '180 minutes: after each recap everybody writes the step in their own program (npm run watch), with a break of ten minutes after step 06, which is in the times.',
]

function renderPlans(chapters: Chapter[]): string {
  const starts = plans.map(() => 0)
  const rows = chapters.map(({ step, title, minutes }) => {
    const cells = minutes.map((length, plan) => {
      const start = starts[plan]
      starts[plan] += length
      return `<td>${length ? `${clock(start)} <span>${length} min</span>` : 'left out'}</td>`
    })
    return `<tr><th scope="row">${step ? `<b>${String(step).padStart(2, '0')}</b> ` : ''}${escapeHtml(title)}</th>${cells.join('')}</tr>`
  })
  const heads = plans.map((length) => `<th scope="col">${length} minutes</th>`)
  return `<table><thead><tr><th scope="col">Chapter</th>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

const clock = (minutes: number) =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`

function renderTroubles({ name, title }: Chapter, slides: Slide[], marked: Marked): string {
  const troubles = slides
    .filter(({ chapter }) => chapter === name)
    .flatMap(({ notes }) => notes.split(/\n\n+/))
    .filter((text) => text.startsWith('**Goes wrong**'))
    .map((text) => `<dd>${marked.parseInline(text.replace('**Goes wrong**', ''))}</dd>`)
  return troubles.length ? `<dt>${escapeHtml(title)}</dt>${troubles.join('')}` : ''
}

function renderChapter({ name, step, title }: Chapter, slides: Slide[], marked: Marked): string {
  const parts = slides
    .filter(({ chapter }) => chapter === name)
    .map(
      (slide) =>
        `<h4>${escapeHtml(slide.title)} <span>${duration(slide.seconds)}</span></h4>\n${marked.parse(slide.notes)}`,
    )
  return `<section><h3>${step ? `<b>${String(step).padStart(2, '0')}</b> ` : ''}${escapeHtml(title)}</h3>${parts.join('\n')}</section>`
}

const duration = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
