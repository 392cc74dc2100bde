// A closer look: where the time goes, from the start of a program to the first output of the
// command and to the end, and the memory it takes.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { task } from '../../setup/terminal.mjs'
import { type Detail, start } from '../run'
import type { Candidate } from './candidates'

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

/** Medians. Undefined is what a program doesn't have, or this machine can't tell. */
export type Look = { spent: number[]; firstOutput?: number; peakKiB?: number }

type Seen = { at: Record<string, number>; peakKiB?: number }

/** Some more runs of each, in turns. */
export async function watch(
  candidates: Candidate[],
  rounds: number,
  scratch: string,
): Promise<Look[]> {
  const all: Seen[][] = candidates.map(() => [])
  const title = `A closer look at ${candidates.length} programs, ${rounds} times`
  await task(title, async (detail: Detail) => {
    for (let round = 1; round <= rounds; round++) {
      detail(`round ${round}`)
      for (const [i, { command }] of candidates.entries()) all[i].push(await look(command, scratch))
    }
  })
  return all.map((seen) => ({
    spent: phases.map(({ mark }) => median(seen.map(({ at }) => spentUntil(mark, at))) ?? 0),
    firstOutput: median(seen.map(({ at }) => at.output)),
    peakKiB: median(seen.map(({ peakKiB }) => peakKiB)),
  }))
}

function median(values: (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return sorted.length ? (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2 : undefined
}

/** When one run got where, in ms, and the memory of its largest process: wait4's ru_maxrss. */
async function look(command: string[], scratch: string): Promise<Seen> {
  const [marks, peak] = [join(scratch, 'marks'), join(scratch, 'peak')] as const
  // Root of a user namespace is another user, and makes its mounts read-only, which a file that's
  // open for writing prevents: a pipe doesn't.
  execFileSync('mkfifo', ['--mode=666', marks])
  chmodSync(scratch, 0o711)
  const pipe = openSync(marks, constants.O_RDWR | constants.O_NONBLOCK)
  const env = {
    BENCH_MARKS: marks,
    NODE_OPTIONS: `--require "${join(import.meta.dirname, 'marks.cjs')}"`,
  }
  const measuring = find('time') ? ['time', '--format=%M', `--output=${peak}`] : []
  const begin = now()
  const { child, ended } = await start([...measuring, ...command], { env })
  const at: Seen['at'] = {}
  child.stdout?.once('data', () => {
    at.output = now() - begin
  })
  child.once('exit', () => {
    at.end = now() - begin
  })
  await ended
  for (const [, mark, ms] of drain(pipe).matchAll(/^(.*) (.*)$/gm)) at[mark] = Number(ms) - begin
  rmSync(marks)
  return { at, peakKiB: measuring.length ? Number(readFileSync(peak, 'utf8')) : undefined }
}

/** What was written to a pipe, which holds 64 KiB. */
function drain(pipe: number): string {
  writeSync(pipe, '\n') // to read from an empty one fails
  const room = Buffer.alloc(65536)
  const size = readSync(pipe, room)
  closeSync(pipe)
  return room.toString('utf8', 0, size)
}

/** The clock that all processes share, in ms. */
const now = () => Number(process.hrtime.bigint()) / 1e6

/** The ms since the mark before, if a run has this one. */
function spentUntil(mark: string, at: Seen['at']): number {
  if (at[mark] === undefined) return 0
  const index = phases.findIndex((phase) => phase.mark === mark)
  const before = phases.slice(0, index).findLast((phase) => at[phase.mark] !== undefined)
  return at[mark] - (before ? at[before.mark] : 0)
}
