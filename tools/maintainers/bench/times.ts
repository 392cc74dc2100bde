// How long whole runs take, and the most memory they need.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { find, shown } from '../../setup/programs.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { type Detail, start, succeeds } from '../run'
import type { Candidate, Named } from './outcome'

export const argv = ['/bin/echo', 'up']

/** Without NODE_*: extra certificates alone cost Node 20 as much as its whole start. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')),
)

/** How the bench starts a program that it looks at. */
export const starting = (env: Candidate['env'] = {}) =>
  ({ env: { ...environment, ...env }, extendEnv: false }) as const

/** A busy machine does fewer rounds than you ask for, so that you don't wait forever. */
export const timeIsUp = (begin: number, round: number, seconds: number) =>
  round >= 3 && performance.now() - begin > seconds * 1000

/** Tells those that work here from those that don't, with the reason. Also fills all caches. */
export async function tryAll(candidates: Candidate[]) {
  const working: Candidate[] = []
  const leftOut: (Named & { why: string })[] = []
  await task(`Trying ${candidates.length} programs`, async (detail: Detail) => {
    for (const candidate of candidates) {
      const { kind, name, env } = candidate
      detail(name)
      const { ended } = await start(candidate.command(argv), starting(env))
      const { status, stderr } = await ended
      if (status === 0) working.push(candidate)
      else leftOut.push({ kind, name, why: stderr.trim() || `ended with ${status}` })
    }
  })
  return { working, leftOut }
}

/**
 * The ms of whole runs of each candidate. In blocks of a few runs, so that whatever else the
 * machine does affects all alike.
 */
export async function measure(candidates: Candidate[], wanted: number, scratch: string) {
  const timed = find('hyperfine') ? byHyperfine : byLoop
  const all: number[][] = candidates.map(() => [])
  await task(`Up to ${wanted} runs of ${candidates.length} programs`, async (detail: Detail) => {
    const begin = performance.now()
    for (let done = 0; done < wanted && !timeIsUp(begin, done, 120); done += block) {
      detail(`${done} of ${wanted}`)
      const times = await timed(candidates, Math.min(block, wanted - done), scratch)
      for (const [i, ms] of times.entries()) all[i].push(...ms)
    }
  })
  return all
}

const block = 5

async function byHyperfine(
  candidates: Candidate[],
  runs: number,
  scratch: string,
): Promise<number[][]> {
  const file = join(scratch, 'times.json')
  const options = ['--shell=none', '--warmup=1', `--runs=${runs}`, `--export-json=${file}`]
  const commands = candidates.map(({ command }) => shown(command(argv)))
  const env = Object.assign({}, ...candidates.map((candidate) => candidate.env))
  await succeeds(['hyperfine', ...options, ...commands], starting(env))
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: { times: number[] }[] }
  return results.map(({ times }) => times.map((seconds) => seconds * 1000))
}

/** Where there's no hyperfine. */
async function byLoop(candidates: Candidate[], runs: number): Promise<number[][]> {
  const times: number[][] = []
  for (const { command, env } of candidates) {
    const ms: number[] = []
    while (ms.length < runs) {
      const begin = performance.now()
      const { child, ended } = await start(command(argv), starting(env))
      child.once('exit', () => ms.push(performance.now() - begin))
      const { status, stderr } = await ended
      if (status !== 0) throw new Problem(`${command(argv)[0]} ended with ${status}: ${stderr}`)
    }
    times.push(ms)
  }
  return times
}
