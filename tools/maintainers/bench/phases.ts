// A closer look: where the time goes, from the start of a program to the first output of the
// command and to the end, and the memory it takes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { task } from '../../setup/terminal.mjs'
import { type Detail, start } from '../run'
import { type Candidate, median, type Result } from './outcome'
import { argv, starting, timeIsUp } from './times'

/** In order. Each ends with its mark: those of marks.cjs, then the first output, then the end. */
export const phases = [
  { mark: 'node', name: 'Node starts', letter: 'N' },
  { mark: 'load', name: 'TypeScript loads', letter: 'T' },
  { mark: 'clone', name: 'clone', letter: '.' },
  { mark: 'host', name: 'cgroup and network', letter: 'h' },
  { mark: 'second node', name: 'Node starts again', letter: 'n' },
  { mark: 'second load', name: 'TypeScript loads again', letter: 't' },
  { mark: 'set-up', name: 'mounts and devices', letter: 'm' },
  { mark: 'output', name: 'exec, first output', letter: 'x' },
  { mark: 'end', name: 'end and removal', letter: 'e' },
]

type Times = Record<string, number>
type Seen = { times: Times; peakKiB?: number }

/** Adds to the times of whole runs what a closer look at some more runs tells. */
export async function watch(
  candidates: Candidate[],
  times: number[][],
  rounds: number,
  scratch: string,
): Promise<Result[]> {
  const all: Seen[][] = candidates.map(() => [])
  const title = `A closer look at ${candidates.length} programs, up to ${rounds} times`
  await task(title, async (detail: Detail) => {
    const begin = performance.now()
    for (let round = 0; round < rounds && !timeIsUp(begin, round, 60); round++) {
      detail(`round ${round + 1}`)
      for (const [i, candidate] of candidates.entries()) all[i].push(await look(candidate, scratch))
    }
  })
  return candidates.map((candidate, i) =>
    resultOf(candidate, times[i] as number[], all[i] as Seen[]),
  )
}

function resultOf({ kind, name }: Candidate, whole: number[], seen: Seen[]): Result {
  const mid = (of: (one: Seen) => number | undefined) => {
    const values = seen.map(of).filter((value) => value !== undefined)
    return values.length ? median(values) : undefined
  }
  return {
    kind,
    name,
    ms: { median: median(whole), least: Math.min(...whole), most: Math.max(...whole) },
    firstOutput: mid(({ times }) => times.firstOutput),
    peakKiB: mid(({ peakKiB }) => peakKiB),
    spent:
      kind === 'step' ? phases.map(({ mark }) => mid(({ times }) => times[mark]) ?? 0) : undefined,
  }
}

/** The ms of each phase of one run, and the memory of its largest process: wait4's ru_maxrss. */
async function look({ command, env }: Candidate, scratch: string): Promise<Seen> {
  const [marks, peak] = [join(scratch, 'marks'), join(scratch, 'peak')] as const
  writeFileSync(marks, '')
  const marking = {
    BENCH_MARKS: marks,
    NODE_OPTIONS: `--require "${join(import.meta.dirname, 'marks.cjs')}"`,
  }
  const measuring = find('time') ? ['time', '--format=%M', `--output=${peak}`] : []
  const options = starting({ ...env, ...marking })
  const begin = now()
  const { child, ended } = await start([...measuring, ...command(argv)], options)
  const at: Times = {}
  child.stdout?.once('data', () => {
    at.output = now()
  })
  child.once('exit', () => {
    at.end = now()
  })
  await ended
  for (const [, mark, ms] of readFileSync(marks, 'utf8').matchAll(/^(.*) (.*)$/gm))
    at[mark] = Number(ms)
  const times = durations(at, begin)
  if (at.output) times.firstOutput = at.output - begin
  return { times, peakKiB: measuring.length ? Number(readFileSync(peak, 'utf8')) : undefined }
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
