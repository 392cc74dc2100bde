// What the deck says of the probes is what the probes say.
import { readFileSync } from 'node:fs'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../harness/work'
import { outcomeOf, triedFrom } from './probe'
import { probes } from './probes'

test('the slide of part two counts what each step stops', () => {
  const slide = readFileSync(path.join(repository, 'slides/99-wall.md'), 'utf8')
  for (const step of triedFrom()) {
    const stopped = probes.filter((probe) => outcomeOf(probe, step) === 'stopped').length
    const number = Number.parseInt(step, 10)
    expect(slide).toMatch(new RegExp(`^\\| ${number}\\b[^|]*\\| ${stopped} +\\|`, 'm'))
  }
})
