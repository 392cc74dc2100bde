// The outcome in Markdown: for a terminal, and as a page to keep.
import type { Outcome } from './outcome'
import { tables } from './tables'

/** To keep. */
export function page(outcome: Outcome): string {
  const about =
    "`npm run bench -- --save` writes this page; don't edit it. Other machines have other figures: " +
    'the ratios tell more than the milliseconds.'
  return `# Figures of one machine\n\n${about}\n\n${report(outcome)}\n`
}

/** For a terminal. */
export function report(outcome: Outcome): string {
  return [
    outcome.machine.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...tables(outcome).flatMap(({ title, head, rows, notes }) => [
      `## ${title}`,
      aligned(head, rows),
      ...notes,
    ]),
  ].join('\n\n')
}

/** A table in Markdown that's readable as it is. */
function aligned(head: string[], rows: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)))
  const line = (cells: string[]) => {
    const padded = cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, i) => (i ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head, rule, ...rows].map(line).join('\n')
}
