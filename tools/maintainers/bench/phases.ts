// Where the time goes, from the start of a program to the first output of the command, and to the
// end.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { task } from '../../setup/terminal.mjs'
import { type Detail, start } from '../run'
import { type Candidate, median, type Phased } from './outcome'
import { argv, starting, timeIsUp } from './times'

/** In order. Each ends with its mark: those of marks.cjs, then the first output, then the end. */
export const phases = [
  { mark: 'node', name: 'Node starts' },
  { mark: 'load', name: 'TypeScript loads' },
  { mark: 'clone', name: 'clone' },
  { mark: 'host', name: 'cgroup and network' },
  { mark: 'second node', name: 'Node starts again' },
  { mark: 'second load', name: 'TypeScript loads again' },
  { mark: 'set-up', name: 'mounts and devices' },
  { mark: 'output', name: 'exec, first output' },
  { mark: 'end', name: 'end and removal' },
]

type Times = Record<string, number>

/** The medians of each candidate's phases, in ms; 0 for a phase that it doesn't have. */
export async function observePhases(
  candidates: Candidate[],
  rounds: number,
  scratch: string,
): Promise<Phased[]> {
  const all: Times[][] = candidates.map(() => [])
  const title = `Watching the phases of ${candidates.length} programs, up to ${rounds} times`
  await task(title, async (detail: Detail) => {
    const begin = performance.now()
    for (let round = 0; round < rounds && !timeIsUp(begin, round, 45); round++) {
      detail(`round ${round + 1}`)
      for (const [i, candidate] of candidates.entries())
        all[i].push(await watch(candidate, join(scratch, 'marks')))
    }
  })
  return candidates.map(({ kind, name }, i) => ({
    kind,
    name,
    firstOutput: median(all[i].map((run) => run.firstOutput)),
    spent: phases.map(({ mark }) => median(all[i].map((run) => run[mark]))),
  }))
}

/** The ms that each phase of one run took. */
async function watch({ command, env }: Candidate, file: string): Promise<Times> {
  writeFileSync(file, '')
  const marking = {
    BENCH_MARKS: file,
    NODE_OPTIONS: `--require "${join(import.meta.dirname, 'marks.cjs')}"`,
  }
  const begin = now()
  const { child, ended } = await start(command(argv), starting({ ...env, ...marking }))
  const times: Times = {}
  child.stdout?.once('data', () => {
    times.output = now()
  })
  child.once('exit', () => {
    times.end = now()
  })
  await ended
  for (const [, mark, ms] of readFileSync(file, 'utf8').matchAll(/^(.*) (.*)$/gm))
    times[mark] = Number(ms)
  return { ...durations(times, begin), firstOutput: times.output - begin }
}

/** The clock that all processes share, in ms. */
const now = () => Number(process.hrtime.bigint()) / 1e6

function durations(times: Times, begin: number): Times {
  let last = begin
  const spent: Times = {}
  for (const { mark } of phases) {
    spent[mark] = times[mark] === undefined ? 0 : times[mark] - last
    last = times[mark] ?? last
  }
  return spent
}
