// Interleaved runs: each round runs every candidate once, so that what else the machine does strikes all alike.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../lib/programs.mjs'
import { task } from '../lib/terminal.mjs'
import { run } from './run.mjs'

/** Wall time and peak memory of each candidate, and those that do not work here, with the reason. */
export async function measure(candidates, rounds, scratch) {
  const { working, leftOut } = await warmUp(candidates)
  const times = new Map(working.map((candidate) => [candidate, []]))
  await task(`${rounds} rounds of ${working.length} programs`, async (detail) => {
    for (let round = 0; round < rounds; round++) {
      detail(`round ${round + 1}`)
      // Nobody always runs behind the same neighbour's back.
      const order = round % 2 ? [...working].reverse() : working
      for (const candidate of order) times.get(candidate).push(await once(candidate))
    }
  })
  const results = []
  for (const candidate of working) {
    const all = times.get(candidate)
    const { command, env, ...what } = candidate
    results.push({
      ...what,
      ms: { median: median(all), least: Math.min(...all), most: Math.max(...all) },
      peakKiB: await peakMemory(candidate, scratch),
    })
  }
  return { results, leftOut }
}

// Twice: the first fills the caches.
async function warmUp(candidates) {
  const working = []
  const leftOut = []
  for (const candidate of candidates) {
    await run(candidate)
    const { status, complaints } = await run(candidate)
    if (status === 0) working.push(candidate)
    else
      leftOut.push({ kind: candidate.kind, name: candidate.name, why: complaints || `ended with ${status}` })
  }
  return { working, leftOut }
}

async function once(candidate) {
  const { status, ms, complaints } = await run(candidate)
  if (status !== 0) throw new Error(`${candidate.name} ended with ${status}: ${complaints}`)
  return ms
}

// wait4's ru_maxrss, through GNU time: the most that any one process of the tree had resident. Not among the timed runs.
async function peakMemory({ command, env }, scratch) {
  const time = find('time')
  if (!time) return undefined
  const file = join(scratch, 'peak')
  const peaks = []
  for (let i = 0; i < 3; i++) {
    await run({ command: [time, '--format=%M', `--output=${file}`, ...command], env })
    peaks.push(Number(readFileSync(file, 'utf8')))
  }
  return median(peaks)
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
}
