// A fresh clone, and what its tests say.
import { existsSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { at, root } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'
import { type Ended, succeeds } from './run'

/** Clones the last commit into a folder that doesn't exist yet. */
export async function clone(folder: string): Promise<void> {
  if (!existsSync(at('.git')))
    throw new Problem(`${root} isn't a git checkout, so it can't be cloned.`)
  await succeeds(['git', 'clone', '--quiet', '--no-hardlinks', root, folder])
}

/** The counts of an `npm test` that is green. */
export function greenCounts({ status, stdout, stderr }: Ended): string {
  const [output, said] = [stdout, stderr].map(stripVTControlCharacters)
  const counts = /^\d+ passed, \d+ failed.*$/m.exec(output)?.[0]
  if (status === 0 && counts && /^[1-9]\d* passed, 0 failed/.test(counts)) return counts
  // vitest's summary: where, what was expected, and what was there instead.
  const failures = /^.*Failed (?:Tests|Suites)[\s\S]*/m.exec(said)?.[0].trim()
  const last = `${output}\n${said}`.trim().split('\n').slice(-20).join('\n')
  throw new Problem(`${counts ?? 'no test ran'}, status ${status}\n${failures ?? last}`)
}
