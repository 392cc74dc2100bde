// The page around the slides.
import type { Chapter } from './chapters'
import type { Terminals } from './deck'
import { escapeHtml } from './html'

export const title = 'Containers from scratch, in TypeScript'

type Parts = {
  chapters: Chapter[]
  slides: string[]
  terminals: Terminals
  head: string
  foot: string
}

export function renderPage({ chapters, slides, terminals, head, foot }: Parts): string {
  return `<!doctype html>
<html lang="en" data-terminals="${terminals}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
${head}
</head>
<body>
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
${chapters.map((chapter) => `<li><a href="#/${chapter.slides[0].id}"><span class="number">${numberOf(chapter)}</span> ${escapeHtml(chapter.title)} <span class="minutes">${chapter.minutes[1]} min</span></a></li>`).join('\n')}
</ol>
<p>Keys: <kbd>Space</kbd> next, <kbd>Shift</kbd> <kbd>Space</kbd> back, <kbd>S</kbd> presenter view, <kbd>O</kbd> overview, <kbd>F</kbd> full screen, <kbd>?</kbd> all of them</p>
<p>Terminals: <kbd>Enter</kbd> next command, within <kbd>Ctrl</kbd> <kbd>Enter</kbd>, <kbd>Esc</kbd> <kbd>Esc</kbd> leaves, <kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>C</kbd> copies</p>
<form method="dialog"><button>Close <kbd>Esc</kbd></button></form>
</dialog>
${foot}
</body>
</html>
`
}

const numberOf = ({ step }: Chapter) => (step ? String(step).padStart(2, '0') : '')
