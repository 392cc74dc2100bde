// Interleaved runs: each round runs every candidate once, so that what else the machine does strikes all alike.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { task } from '../../setup/terminal.mjs'
import { median } from './numbers.mjs'
import { run } from './run.mjs'

const argv = ['/bin/echo', 'up']

/** On a busy machine there are fewer rounds than were asked for: nobody waits for more than some minutes. */
export const timeIsUp = (begin, round, seconds) =>
  round >= 3 && performance.now() - begin > seconds * 1000

/** Times and peak memory of each candidate, and those that do not work here, with the reason. */
export async function measure(candidates, rounds, scratch) {
  const { working, leftOut } = await warmUp(candidates)
  const times = new Map(working.map((candidate) => [candidate, []]))
  let done = 0
  await task(`Up to ${rounds} rounds of ${working.length} programs`, async (detail) => {
    const begin = performance.now()
    for (let round = 0; round < rounds && !timeIsUp(begin, round, 120); round++, done++) {
      detail(`round ${round + 1}`)
      // Nobody always runs behind the same neighbour's back.
      const order = round % 2 ? [...working].reverse() : working
      for (const candidate of order) times.get(candidate).push(await once(candidate))
    }
  })
  const peaks = await peakMemory(working, scratch)
  const results = working.map((candidate) =>
    summary(candidate, times.get(candidate), peaks.get(candidate)),
  )
  return { working, results, leftOut, rounds: done }
}

function summary({ kind, what, node, name }, all, peakKiB) {
  const ends = all.map(({ ms }) => ms)
  const outputs = all.flatMap(({ first }) => first ?? [])
  return {
    kind,
    what,
    node,
    name,
    ms: { median: median(ends), least: Math.min(...ends), most: Math.max(...ends) },
    firstOutput: outputs.length ? median(outputs) : undefined,
    peakKiB,
  }
}

// Twice: the first fills the caches.
async function warmUp(candidates) {
  const working = []
  const leftOut = []
  await task(`Trying ${candidates.length} programs`, async (detail) => {
    for (const candidate of candidates) {
      detail(candidate.name)
      await run(candidate.command(argv), candidate)
      const { status, complaints } = await run(candidate.command(argv), candidate)
      if (status === 0) working.push(candidate)
      else
        leftOut.push({
          kind: candidate.kind,
          name: candidate.name,
          why: complaints || `ended with ${status}`,
        })
    }
  })
  return { working, leftOut }
}

async function once(candidate) {
  const { status, ms, first, complaints } = await run(candidate.command(argv), candidate)
  if (status !== 0) throw new Error(`${candidate.name} ended with ${status}: ${complaints}`)
  return { ms, first }
}

// wait4's ru_maxrss, through GNU time: the most that any one process of the tree had resident. Not among the timed runs.
async function peakMemory(candidates, scratch) {
  const time = find('time')
  const peaks = new Map()
  if (!time) return peaks
  const file = join(scratch, 'peak')
  await task('Peak memory', async (detail) => {
    for (const candidate of candidates) {
      detail(candidate.name)
      const found = []
      for (let i = 0; i < 3; i++) {
        await run([time, '--format=%M', `--output=${file}`, ...candidate.command(argv)], candidate)
        found.push(Number(readFileSync(file, 'utf8')))
      }
      peaks.set(candidate, median(found))
    }
  })
  return peaks
}
