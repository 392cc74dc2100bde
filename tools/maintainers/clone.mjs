// A fresh clone of this repository: what somebody gets who has nothing yet.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { at, root } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

/** Clones the last commit into a folder that does not exist yet. */
export function clone(folder) {
  if (!existsSync(at('.git')))
    throw new Problem(`${root} is no git checkout, so it can not be cloned.`)
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, folder])
}
