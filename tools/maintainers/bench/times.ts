// How long whole runs take, by hyperfine.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shown } from '../../setup/programs.mjs'
import { task } from '../../setup/terminal.mjs'
import { type Detail, run, succeeds } from '../run'
import type { Candidate } from './candidates'

/** In seconds. */
export type Times = { median: number; min: number; max: number }

export type LeftOut = { candidate: Candidate; why: string }

/** Tells those that work here from those that don't, with the reason. Also fills all caches. */
export async function tryAll(candidates: Candidate[]) {
  const working: Candidate[] = []
  const leftOut: LeftOut[] = []
  await task(`Trying ${candidates.length} programs`, async (detail: Detail) => {
    for (const candidate of candidates) {
      detail(candidate.name)
      const { status, stderr } = await run(candidate.command)
      if (status === 0) working.push(candidate)
      else leftOut.push({ candidate, why: stderr.trim() || `ended with ${status}` })
    }
  })
  return { working, leftOut }
}

/** The times of whole runs of each candidate. */
export async function measure(
  candidates: Candidate[],
  runs: number,
  scratch: string,
): Promise<Times[]> {
  const file = join(scratch, 'times.json')
  const options = ['--shell=none', '--warmup=1', `--runs=${runs}`, `--export-json=${file}`]
  const commands = candidates.map(({ command }) => shown(command))
  await task(`${runs} runs of ${candidates.length} programs`, () =>
    succeeds(['hyperfine', ...options, ...commands]),
  )
  return JSON.parse(readFileSync(file, 'utf8')).results
}
