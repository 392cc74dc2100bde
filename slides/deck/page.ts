// The page around the slides.
import type { Chapter, Plan } from './chapters'
import { escapeHtml, stepNumber } from './html'
import { minutesOf } from './plan'

const title = 'Containers from scratch, in TypeScript'

/** `slides` are the HTML of each chapter's slides; `head` loads styles and scripts. */
export type Parts = {
  chapters: Chapter[]
  plan: Plan
  slides: string[]
  head: string
  isLive: boolean
}

export function renderPage({ chapters, plan, slides, head, isLive }: Parts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
</head>
<body${isLive ? ' class="live-terminals"' : ''}>
<div class="reveal"><div class="slides">
${slides.join('\n')}
</div></div>
<nav class="tools" aria-label="Deck">
<button type="button" id="open-chapters">Chapters <kbd>M</kbd></button>
<button type="button" id="toggle-theme">Light or dark <kbd>T</kbd></button>
</nav>
<dialog id="chapters" aria-label="Chapters">
<h2>Chapters</h2>
<ol>
${chapters.map((chapter) => renderEntry(chapter, plan)).join('\n')}
</ol>
<p>Keys: <kbd>Space</kbd> next, <kbd>Shift</kbd> <kbd>Space</kbd> back, <kbd>S</kbd> presenter view, <kbd>O</kbd> overview, <kbd>F</kbd> full screen, <kbd>+</kbd> <kbd>-</kbd> size of the text, <kbd>?</kbd> all keys</p>
<p>Terminals: <kbd>Enter</kbd> next command (<kbd>Ctrl</kbd> <kbd>Enter</kbd> while you type), <kbd>Z</kbd> maximise (<kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>Enter</kbd>), <kbd>Esc</kbd> <kbd>Esc</kbd> leaves, <kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>C</kbd> copies</p>
<form method="dialog"><button>Close <kbd>Esc</kbd></button></form>
</dialog>
</body>
</html>
`
}

function renderEntry(chapter: Chapter, plan: Plan): string {
  const [first] = chapter.slides.filter(({ plans }) => plans.includes(plan))
  return `<li><a href="#/${first.id}"><span class="number">${stepNumber(chapter.step)}</span> ${escapeHtml(chapter.title)} <span class="minutes">${minutesOf(chapter, plan)} min</span></a></li>`
}
