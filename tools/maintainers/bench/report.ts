// The outcome for a terminal, and as a page to keep.
import { styleText } from 'node:util'
import { type Outcome, type Result, sum } from './outcome'
import { phases } from './phases'
import { type Table, tables } from './tables'

export function report(outcome: Outcome, columns?: number): string {
  const [first, ...rest] = tables(outcome).map(plain)
  return [
    outcome.machine.map(([name, value]) => `${name} ${value}`).join(', '),
    first,
    chart(outcome.results, columns),
    ...rest,
  ].join('\n\n')
}

function plain({ title, head, rows, notes }: Table): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)))
  const line = (row: string[]) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ')
  return [title, ...[head, ...rows].map((row) => line(row).trimEnd()), ...notes].join('\n')
}

/** Markdown; `picture` is the path of the SVG beside it. */
export function page(outcome: Outcome, picture: string): string {
  const blocks = [
    '# Figures of one machine',
    "`npm run bench -- --save` writes this page; don't edit it. Other machines have other figures: " +
      'the ratios tell more than the milliseconds.',
    outcome.machine.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    `![How long each program takes to start a container](${picture})`,
    ...tables(outcome).flatMap(({ title, head, rows, notes }) => [
      `## ${title}`,
      markdown(head, rows),
      ...notes,
    ]),
  ]
  return `${blocks.join('\n\n')}\n`
}

function markdown(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, i) => (i ? '---:' : '---'))
  return [head, rule, ...rows].map(line).join('\n')
}

// The colour of each phase, and its letter where there are no colours.
const looks = [
  ['blue', 'N'],
  ['yellow', 'T'],
  ['white', '.'],
  ['green', 'h'],
  ['cyan', 'n'],
  ['yellowBright', 's'],
  ['magenta', 'm'],
  ['red', 'x'],
  ['gray', 'e'],
] as const

/** A bar for each step, and what its parts mean. */
export function chart(results: Pick<Result, 'name' | 'spent'>[], columns = 100): string {
  const rows = results.flatMap(({ name, spent }) => (spent ? { name, spent } : []))
  const label = Math.max(...rows.map(({ name }) => name.length))
  const longest = Math.max(...rows.map(({ spent }) => sum(spent)))
  const scale = (Math.min(columns, 140) - label - 10) / longest
  const bars = rows.map(({ name, spent }) => {
    // Rounded where they end, so that a bar is as long as its whole.
    const ends = spent.map((_, i) => Math.round(sum(spent.slice(0, i + 1)) * scale))
    const bar = ends.map((end, i) => part(i, end - (ends[i - 1] ?? 0))).join('')
    return `${name.padEnd(label)} ${bar} ${sum(spent).toFixed(0)} ms`
  })
  return [...bars, phases.map(({ name }, i) => `${part(i, 1)} ${name}`).join('  ')].join('\n')
}

function part(i: number, count: number): string {
  const [colour, letter] = looks[i] as (typeof looks)[number]
  return process.stdout.hasColors?.() ? styleText(colour, '█'.repeat(count)) : letter.repeat(count)
}
