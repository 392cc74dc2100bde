// Where the learner is: kept beside the program, and written after each judgement.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { steps } from '../setup/steps.mjs'
import { folder, write } from './learner'

type Progress = {
  /** The step being written. */
  step: string
  /** The steps that held at some time, together with all before them. */
  held: string[]
  /** How often each claim has failed in a row. */
  tries: Record<string, number>
}

const file = join(folder, '.progress.json')

export function load(): Progress {
  const fresh: Progress = { step: steps()[0], held: [], tries: {} }
  try {
    const known = JSON.parse(readFileSync(file, 'utf8'))
    return { ...fresh, ...known, step: steps().includes(known.step) ? known.step : fresh.step }
  } catch {
    return fresh // missing or damaged: nothing in it is worth stopping for
  }
}

export function save(progress: Progress): void {
  write(file, `${JSON.stringify(progress, null, 2)}\n`)
}

/** Makes a step the one being written. */
export function moveTo(step: string): void {
  save({ ...load(), step })
}
