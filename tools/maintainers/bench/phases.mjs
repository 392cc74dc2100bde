// What the time goes into, from the start of the program to the first output of the command, and on to the end.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { at } from '../../setup/project.mjs'
import { task } from '../../setup/terminal.mjs'
import { median } from './numbers.mjs'
import { timeIsUp } from './rounds.mjs'
import { start } from './run.mjs'

/** In their order. Each ends with its mark: those of marks.cjs, then the first output, then the end. */
export const phases = [
  { mark: 'node', name: 'Node starts' },
  { mark: 'load', name: 'TypeScript is loaded' },
  { mark: 'clone', name: 'clone' },
  { mark: 'host', name: 'cgroup and network' },
  { mark: 'second node', name: 'Node starts again' },
  { mark: 'second load', name: 'TypeScript is loaded again' },
  { mark: 'set-up', name: 'mounts and devices' },
  { mark: 'output', name: 'exec, first output' },
  { mark: 'end', name: 'end and removal' },
]

/** The medians of each candidate's phases, in ms; 0 for one that it does not have. */
export async function observePhases(candidates, rounds, scratch) {
  const all = new Map(candidates.map((candidate) => [candidate, []]))
  await task(`Phases, up to ${rounds} rounds of ${candidates.length} programs`, async (detail) => {
    const begin = performance.now()
    for (let round = 0; round < rounds && !timeIsUp(begin, round, 45); round++) {
      detail(`round ${round + 1}`)
      for (const candidate of candidates)
        all.get(candidate).push(await once(candidate, join(scratch, 'marks')))
    }
  })
  return candidates.map(({ kind, what, node, name }) => {
    const runs = all.get(candidates.find((candidate) => candidate.name === name))
    const spent = phases.map(({ mark }) => median(runs.map((run) => run[mark])))
    return { kind, what, node, name, spent }
  })
}

async function once(candidate, file) {
  rmSync(file, { force: true })
  const env = {
    ...candidate.env,
    BENCH_MARKS: file,
    NODE_OPTIONS: `--require "${at('tools', 'bench', 'marks.cjs')}"`,
  }
  const { begin, ended } = start(candidate.command(['/bin/echo', 'up']), { env })
  const { first, ms } = await ended
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const marks = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  )
  return durations({ ...marks, output: begin + first, end: begin + ms }, begin)
}

// A step that does not start itself again has no second start.
function durations(times, begin) {
  let last = begin
  const spent = {}
  for (const { mark } of phases) {
    spent[mark] = times[mark] === undefined ? 0 : times[mark] - last
    last = times[mark] ?? last
  }
  return spent
}
