// The table of what the last step's container stops and what it doesn't, from the tests that try.
import { probes } from '../../test/escapes/probes'

export function probesTable(): string {
  const rows = probes.map(({ name, outcome, why, stoppedBy }) =>
    [name, outcome, why, stoppedBy].map(cell),
  )
  // Not padded: the sentences are too long for that.
  return [HEAD, HEAD.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const HEAD = ['what is tried', 'outcome', 'why', 'what stops it']

const cell = (text: string) =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
