// The handout: every system call, flag and file of the steps on one page.
import { readChapters } from './chapters'
import { escapeHtml } from './html'
import { inline, renderPaper } from './paper'
import { type StepWords, vocabulary, type Word } from './vocabulary'

export function renderHandout(): string {
  const titles = new Map(readChapters().map(({ name, title }) => [name, title]))
  const steps = vocabulary().map((step) => renderStep(step, titles.get(step.name) ?? ''))
  return renderPaper(
    'Containers from scratch: handout',
    'handout',
    `<h1>Containers from scratch, in TypeScript</h1>
<main>
${steps.join('\n')}
<section>
<h2>Look at it from the host</h2>
<dl>
${looks.map(([command, meaning]) => `<dt>${inline(command)}</dt><dd>${inline(meaning)}</dd>`).join('\n')}
</dl>
</section>
<section>
<h2>Commands</h2>
<dl>
${commands.map(([command, meaning]) => `<dt>${inline(command)}</dt><dd>${inline(meaning)}</dd>`).join('\n')}
</dl>
</section>
</main>`,
  )
}

function renderStep({ name, calls, flags, files }: StepWords, title: string): string {
  const used = files.length
    ? `<p class="files">${files.map((file) => `<code>${escapeHtml(file)}</code>`).join(' ')}</p>`
    : ''
  return `<section>
<h2><b>${name.slice(0, 2)}</b> ${escapeHtml(title)}</h2>
<dl>
${[...calls, ...flags].map(renderWord).join('\n')}
</dl>
${used}
</section>`
}

const renderWord = ({ name, meaning, page }: Word) =>
  `<dt><code>${escapeHtml(name)}</code>${page ? ` <span>${escapeHtml(page)}</span>` : ''}</dt><dd>${inline(meaning.replace(/\.$/, ''))}</dd>`

const looks = [
  ['`lsns`', 'all namespaces, and a process in each'],
  ['`readlink /proc/PID/ns/*`', 'the same number is the same namespace'],
  ['`grep NSpid /proc/PID/status`', 'its number on the host, and inside'],
  ['`findmnt --task PID`', 'its mounts'],
  ['`readlink /proc/PID/root`', 'its root directory'],
  ['`cat /proc/PID/cgroup`', 'its group'],
  ['`nsenter --target PID --all`', 'enter it'],
]

const commands = [
  ['`npm start`', 'the finished container'],
  ['`npm run step -- 3 /bin/sh`', 'one step'],
  ['`npm run diff -- 2 3`', 'what a step changes'],
  ['`npm run begin`, `npm run watch`', 'write your own, judged at each save'],
  ['`npm run check -- 3`', 'does yours hold?'],
  ['`npm run jump -- 5`', 'join in at a step'],
  ['`npm run doctor`', 'what this machine lacks'],
]
