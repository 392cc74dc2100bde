// The outcome in Markdown: for a terminal, and as a page to keep.
import type { Candidate } from './candidates'
import { type Look, phases } from './phases'
import type { LeftOut, Times } from './times'

export type Outcome = {
  machine: string[][]
  /** How often each program ran. */
  rounds: number
  results: (Candidate & Look & { times: Times })[]
  leftOut: LeftOut[]
}

/** To keep. */
export function page(outcome: Outcome): string {
  const about =
    "`npm run bench -- --save` writes this page; don't edit it. Other machines have other figures: " +
    'the ratios tell more than the milliseconds.'
  return `# Figures of one machine\n\n${about}\n\n${report(outcome)}\n`
}

/** For a terminal. */
export const report = (outcome: Outcome): string =>
  [
    outcome.machine.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...wholeRuns(outcome),
    ...whereTimeGoes(outcome),
  ].join('\n\n')

function wholeRuns({ results, leftOut, rounds }: Outcome): string[] {
  const reference = results.find(({ kind }) => kind === 'go run')?.times.median
  const rows = results.map(({ name, times, firstOutput, peakKiB }) => [
    name,
    firstOutput?.toFixed(0) ?? '-',
    ...[times.median, times.min, times.max].map((seconds) => (seconds * 1000).toFixed(0)),
    reference ? (times.median / reference).toFixed(2) : '-',
    peakKiB ? (peakKiB / 1024).toFixed(1) : '-',
  ])
  return [
    `## A whole run of \`/bin/echo up\`, ${rounds} times each`,
    table(['', 'first output, ms', 'whole, ms', 'least', 'most', '× go run', 'peak MiB'], rows),
    'These are medians. A step runs as with `npm start`, from the files that the set-up compiled; ' +
      '"with tsx" is the command that `npm run step` shows. Peak memory is that of the largest ' +
      'process of a run, compilers included.',
    ...leftOut.map(
      ({ candidate, why }) =>
        `Left out: ${candidate.name}: ${why.split('\n').slice(0, 2).join('; ')}`,
    ),
  ]
}

function whereTimeGoes({ results }: Outcome): string[] {
  const rows = results
    .filter(({ kind }) => kind === 'step')
    .map(({ name, spent }) => [name, ...spent.map((ms) => ms.toFixed(1))])
  return [
    '## Where the time goes, ms',
    table(['', ...phases.map(({ name }) => name)], rows),
    'These are medians of each phase, seen from outside: a module preloaded into both Nodes ' +
      'marks the calls of the addon. It takes about 1 ms itself.',
  ]
}

/** A table in Markdown that's readable as it is. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)))
  const line = (cells: string[]) => {
    const padded = cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, i) => (i ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head, rule, ...rows].map(line).join('\n')
}
