// The handout: every system call, flag and file of the steps on one page.
import type { Chapter } from './chapters'
import { escapeHtml, inline } from './html'
import { renderPaper } from './paper'
import { type StepWords, vocabulary, type Word } from './vocabulary'

export function renderHandout(chapters: Chapter[]): string {
  const titles = new Map(chapters.map(({ name, title }) => [name, title]))
  const steps = vocabulary()
    .filter(({ name }) => titles.has(name))
    .map((step) => renderStep(step, titles.get(step.name) ?? ''))
  return renderPaper(
    'Containers from scratch: handout',
    'handout',
    `<h1>Containers from scratch, in TypeScript</h1>
<main>
${steps.join('\n')}
${renderTable('See it from the host', looks)}
${renderTable('Commands', commands)}
</main>`,
  )
}

function renderStep({ name, calls, flags, files }: StepWords, title: string): string {
  const used = files.length
    ? `<p class="files">${files.map((file) => `<code>${escapeHtml(file)}</code>`).join(' ')}</p>`
    : ''
  return `<section>
<h2><b>${name.split('-')[0]}</b> ${escapeHtml(title)}</h2>
<dl>
${[...calls, ...flags].map(renderWord).join('\n')}
</dl>
${used}
</section>`
}

const renderWord = ({ name, meaning, page }: Word) =>
  `<dt><code>${escapeHtml(name)}</code>${page ? ` <span>${escapeHtml(page)}</span>` : ''}</dt><dd>${inline(meaning.replace(/\.$/, ''))}</dd>`

type Row = [command: string, meaning: string]

const renderTable = (title: string, rows: Row[]) => `<section>
<h2>${title}</h2>
<dl>
${rows.map(([command, meaning]) => `<dt>${inline(command)}</dt><dd>${inline(meaning)}</dd>`).join('\n')}
</dl>
</section>`

const looks: Row[] = [
  ['`lsns`', 'all namespaces, with a process in each'],
  ['`readlink /proc/PID/ns/*`', 'the same number means the same namespace'],
  ['`grep NSpid /proc/PID/status`', 'its PID on the host, and inside'],
  ['`findmnt --task PID`', 'its mounts'],
  ['`readlink /proc/PID/root`', 'its root directory'],
  ['`cat /proc/PID/cgroup`', 'its cgroup'],
  ['`nsenter --target PID --all`', 'enter it'],
]

const commands: Row[] = [
  ['`npm start`', 'the finished container'],
  ['`npm run step -- 3 /bin/sh`', 'one step'],
  ['`npm run diff -- 2 3`', 'what a step changes'],
  ['`npm run begin`, `npm run watch`', 'write your own; judged whenever you save'],
  ['`npm run check -- 3`', 'does yours isolate as step 3 does?'],
  ['`npm run jump -- 5`', 'join in at a step'],
  ['`npm run doctor`', 'what this machine lacks'],
]
