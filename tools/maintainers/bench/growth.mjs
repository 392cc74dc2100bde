// Many at once: how long until all have started, and what of each stays on the host while it runs.
import { freemem } from 'node:os'
import { task } from '../../setup/terminal.mjs'
import { sum } from './numbers.mjs'
import { argumentsOf, families, pss, tree } from './processes.mjs'
import { start } from './run.mjs'

// Up to the end of its input: so all end when the bench does.
const argv = ['/bin/sh', '-c', 'echo up; read line || :']
const patience = 120_000
const bytesOfOne = 40 * 1024 ** 2

/** For each candidate and each size. Those after a size that did not work are not tried. */
export async function grow(candidates, sizes) {
  const outcomes = []
  if (!sizes.length) return outcomes
  await task(`${sizes.join(', ')} containers at once`, async (detail) => {
    for (const candidate of candidates) {
      for (const size of sizes) {
        detail(`${size} of ${candidate.name}`)
        const outcome = await together(candidate, size)
        outcomes.push({ name: candidate.name, size, ...outcome })
        if (outcome.problem) break
      }
    }
  })
  return outcomes
}

async function together(candidate, size) {
  if (freemem() < size * bytesOfOne) return { problem: `too little free memory for ${size}` }
  const begin = performance.now()
  const all = Array.from({ length: size }, (_, id) =>
    start(candidate.command(argv, id), { ...candidate, stdin: 'pipe' }),
  )
  try {
    await within(patience, Promise.all(all.map(({ output }) => output)))
    const startMs = performance.now() - begin
    const held = all.every(({ child }) => child.exitCode === null) ? heldBy(all) : {}
    return { startMs, ...held, ...(await finish(all)) }
  } catch (error) {
    await finish(all)
    if (error instanceof Late) return { problem: error.message }
    throw error
  }
}

class Late extends Error {}

async function within(ms, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`not all had started after ${ms / 1000} s`)), ms)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// What makes the container and stays beside the command: the command itself is not counted.
function heldBy(all) {
  const children = families()
  const pids = all.flatMap(({ child }) => tree(child.pid, children))
  const staying = pids.filter((pid) => argumentsOf(pid).at(-1) !== argv.at(-1) || isRunner(pid))
  return {
    processes: staying.length / all.length,
    heldKiB: sum(staying.map(pss)) / all.length,
  }
}

// A program that starts containers has the command among its own arguments.
const isRunner = (pid) => argumentsOf(pid).length > argv.length

async function finish(all) {
  const begin = performance.now()
  for (const { child } of all) child.stdin.end()
  const ended = await Promise.all(all.map(({ ended }) => ended))
  const failed = ended.find(({ status }) => status !== 0)
  const problem = failed && `one ended with ${failed.status}: ${failed.complaints}`
  return { endMs: performance.now() - begin, ...(problem ? { problem } : {}) }
}
