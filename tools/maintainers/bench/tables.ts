// The outcome as tables: a title, a head, rows of words, and notes.
import { type Outcome, type Result, sum } from './outcome'
import { phases } from './phases'

export type Table = { title: string; head: string[]; rows: string[][]; notes: string[] }

/** In the order in which they're shown. The first column has words, all others numbers. */
export const tables = (outcome: Outcome): Table[] => [
  times(outcome),
  spent(outcome),
  growth(outcome),
]

function times({ results, leftOut, runs }: Outcome): Table {
  const reference = results.find(({ kind }) => kind === 'go run')?.ms.median
  return {
    title: `A whole run of \`/bin/echo up\`, ${runs} times each, interleaved`,
    head: ['', 'first output, ms', 'whole, ms', 'least', 'most', '× go run', 'peak MiB'],
    rows: results.map(({ name, ms, firstOutput, peakKiB }) => [
      name,
      firstOutput === undefined ? '-' : whole(firstOutput),
      ...[ms.median, ms.least, ms.most].map(whole),
      reference ? (ms.median / reference).toFixed(2) : '-',
      mebibytes(peakKiB),
    ]),
    notes: [
      'These are medians. A step runs as with `npm start`, from the files that the set-up compiled; ' +
        '"with tsx" is the command that `npm run step` shows. Peak memory is that of the largest ' +
        'process of a run, compilers included.',
      ...leftOut.map(
        ({ name, why }) => `Left out: ${name}: ${why.split('\n').slice(0, 2).join('; ')}`,
      ),
    ],
  }
}

function spent({ results }: Outcome): Table {
  return {
    title: 'Where the time goes, ms',
    head: ['', ...phases.map(({ name, letter }) => `${name} (${letter})`), 'first output after'],
    rows: results.flatMap(({ name, spent }) =>
      // The last phase comes after the first output.
      spent ? [[name, ...[...spent, sum(spent.slice(0, -1))].map((ms) => ms.toFixed(1))]] : [],
    ),
    notes: [
      'These are medians of each phase, seen from outside: a module preloaded into both Nodes ' +
        'marks the calls of the addon. It takes about 1 ms itself.',
      `\`\`\`\n${chart(results)}\n\`\`\``,
    ],
  }
}

/** A bar of letters for each step. */
export function chart(results: Pick<Result, 'name' | 'spent'>[]): string {
  const rows = results.flatMap(({ name, spent }) => (spent ? { name, spent } : []))
  const label = Math.max(...rows.map(({ name }) => name.length))
  const longest = Math.max(...rows.map(({ spent }) => sum(spent)))
  const scale = (100 - label - 10) / longest
  const lines = rows.map(({ name, spent }) => {
    // Rounded where they end, so that a bar is as long as its whole.
    const ends = spent.map((_, i) => Math.round(sum(spent.slice(0, i + 1)) * scale))
    const bar = phases.map(({ letter }, i) => letter.repeat(ends[i] - (ends[i - 1] ?? 0)))
    return `${name.padEnd(label)} ${bar.join('')} ${sum(spent).toFixed(0)} ms`
  })
  return lines.join('\n')
}

function growth({ growth }: Outcome): Table {
  return {
    title: 'Containers at once',
    head: ['', 'how many', 'all started, s', 'each, ms', 'all ended, s', 'MiB each (Pss)'],
    rows: growth.map(({ name, size, startMs, endMs = 0, heldKiB, problem = '' }) =>
      startMs === undefined
        ? [`${name}: ${problem.split('\n')[0]}`, `${size}`, '-', '-', '-', '-']
        : [
            name,
            `${size}`,
            seconds(startMs),
            whole(startMs / size),
            seconds(endMs),
            mebibytes(heldKiB),
          ],
    ),
    notes: [
      'Memory is what stays on the host beside the commands, divided by their number. Of a step, ' +
        'that is one Node.',
    ],
  }
}

const whole = (number: number) => number.toFixed(0)
const seconds = (ms: number) => (ms / 1000).toFixed(2)
const mebibytes = (kibibytes?: number) =>
  kibibytes === undefined ? '-' : (kibibytes / 1024).toFixed(1)
