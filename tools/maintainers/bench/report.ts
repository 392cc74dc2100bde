// The outcome in Markdown: for a terminal, with bars of letters, and as a page to keep.
import { type Outcome, type Result, sum } from './outcome'
import { phases } from './phases'
import { tables } from './tables'

/** For a terminal. */
export function report(outcome: Outcome, columns?: number): string {
  return blocks(outcome, chart(outcome.results, columns)).join('\n\n')
}

/** To keep, beside results.svg. */
export function page(outcome: Outcome): string {
  const about =
    "`npm run bench -- --save` writes this page; don't edit it. Other machines have other figures: " +
    'the ratios tell more than the milliseconds.'
  const picture = '![How long each program takes to start a container](results.svg)'
  return `${['# Figures of one machine', about, ...blocks(outcome, picture)].join('\n\n')}\n`
}

function blocks(outcome: Outcome, bars: string): string[] {
  return [
    outcome.machine.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    bars,
    ...tables(outcome).flatMap(({ title, head, rows, notes }) => [
      `## ${title}`,
      aligned(head, rows),
      ...notes,
    ]),
  ]
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

/** A bar of letters for each step, and what they mean. */
export function chart(results: Pick<Result, 'name' | 'spent'>[], columns = 100): string {
  const rows = results.flatMap(({ name, spent }) => (spent ? { name, spent } : []))
  const label = Math.max(...rows.map(({ name }) => name.length))
  const longest = Math.max(...rows.map(({ spent }) => sum(spent)))
  const scale = (Math.min(columns, 140) - label - 10) / longest
  const bars = rows.map(({ name, spent }) => {
    // Rounded where they end, so that a bar is as long as its whole.
    const ends = spent.map((_, i) => Math.round(sum(spent.slice(0, i + 1)) * scale))
    const bar = phases.map(({ letter }, i) => letter.repeat(ends[i] - (ends[i - 1] ?? 0)))
    return `${name.padEnd(label)} ${bar.join('')} ${sum(spent).toFixed(0)} ms`
  })
  return [...bars, phases.map(({ letter, name }) => `${letter} ${name}`).join('  ')].join('\n')
}
