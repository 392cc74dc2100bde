// The outcome for a terminal, and as a page to keep.
import { chart } from './chart.mjs'
import { tables } from './tables.mjs'

export function report(outcome, columns) {
  const [first, ...rest] = tables(outcome).map(plain)
  const bars = outcome.phases.length ? [chart(outcome.phases, columns)] : []
  return [
    outcome.machine.map(([name, value]) => `${name} ${value}`).join(', '),
    first,
    ...bars,
    ...rest,
  ].join('\n\n')
}

function plain({ title, head, rows, notes }) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  )
  const line = (row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ')
  return [title, ...[head, ...rows].map((row) => line(row).trimEnd()), ...notes].join('\n')
}

/** Markdown; `picture` is the path of the SVG beside it. */
export function page(outcome, picture) {
  return [
    '# Figures of one machine',
    'Made by `npm run bench -- --save`; do not edit it. What other machines do with it differs: the ratios tell more than the milliseconds.',
    outcome.machine.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    `![How long each program takes to start a container](${picture})`,
    ...tables(outcome).map(
      ({ title, head, rows, notes }) =>
        `## ${title}\n\n${markdown(head, rows)}\n\n${notes.join('\n\n')}`,
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, i) => (i ? '---:' : '---'))
  return [head, rule, ...rows].map(line).join('\n')
}
