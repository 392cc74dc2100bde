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

/** Why something can't be tested here: no verdict. */
export class LeftOut extends Problem {}

export type Verdict = { status: number | string; counts: string; failures: string[] }

/** What `npm test` says in the end. */
export function verdict({ status, stdout, stderr }: Ended): Verdict {
  const output = stripVTControlCharacters(stdout)
  const counts = /^\d+ passed, \d+ failed.*$/m.exec(output)?.[0]
  if (!counts) {
    const said = `${output}\n${stripVTControlCharacters(stderr)}`.trim().split('\n')
    return { status: status || 1, counts: 'not run', failures: said.slice(-20) }
  }
  // vitest's summary: where, what was expected, and what was there instead.
  const said = stripVTControlCharacters(stderr)
  const failures = /^.*Failed (?:Tests|Suites)[\s\S]*/m.exec(said)?.[0].trim()
  return { status, counts, failures: failures ? [failures] : [] }
}
