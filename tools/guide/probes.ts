// The table of what the container of the last step stops and what it does not, from the tests that try it.
import { pathToFileURL } from 'node:url'
import { at } from '../setup/project.mjs'

type Probe = { name: string; outcome: 'stopped' | 'possible'; why: string; stoppedBy: string }

export async function probesTable(): Promise<string> {
  const { probes }: { probes: Probe[] } = await import(
    pathToFileURL(at('test', 'escapes', 'probes.ts')).href
  )
  const rows = probes.map(({ name, outcome, why, stoppedBy }) =>
    [name, outcome, why, stoppedBy].map(cell),
  )
  // Not padded: sentences that wide would be far apart.
  return [HEAD, HEAD.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const HEAD = ['what is tried', 'outcome', 'why', 'what stops it']

const cell = (text: string) =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
