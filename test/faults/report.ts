// What came out, for people: numbers for each step, and each case that isn't right.
import type { Finding } from './faults'
import { verdicts } from './verdict'

export const isBad = ({ verdict, forGood, error, left, stderr }: Finding) =>
  !['right', 'clean', "Node's own"].includes(verdict) ||
  forGood.length > 0 ||
  // What couldn't be removed has to be said, if somebody is there to say it.
  (left.length > 0 && error !== 'KILL' && verdict !== "Node's own" && stderr === '')

/** A bad case in a few lines. */
export function story(step: string, found: Finding): string {
  const { place, call, when, error, verdict, status, stderr, line, left, forGood } = found
  const rest = forGood.length > 0 ? ['leaves for good', forGood] : ['leaves', left]
  return [
    `${step}, ${place}, ${call} ${when}: ${error}: ${verdict}, status ${status}`,
    `  ${line}`,
    ...stderr.trimEnd().split('\n').slice(0, 12),
    ...(left.length > 0 ? [`${rest[0]}:`, ...rest[1]] : []),
  ].join('\n  ')
}

/** A row a step. */
export function matrix(rows: [string, Finding[]][]): string {
  const header = ['step', 'cases', ...verdicts, 'left to next run', 'left for good']
  const count = (findings: Finding[], test: (finding: Finding) => boolean) =>
    `${findings.filter(test).length}`
  const lines = rows.map(([step, findings]) => [
    step,
    `${findings.length}`,
    ...verdicts.map((verdict) => count(findings, (finding) => finding.verdict === verdict)),
    count(findings, ({ left, forGood }) => left.length > 0 && forGood.length === 0),
    count(findings, ({ forGood }) => forGood.length > 0),
  ])
  const width = (column: number) =>
    Math.max(...[header, ...lines].map((row) => (row[column] as string).length))
  return [header, ...lines]
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)))))
    .map((row) => row.join('  '))
    .join('\n')
}
