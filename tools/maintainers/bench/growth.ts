// Many containers at once: how long until all have started, and what each costs the host meanwhile.
import { readdirSync, readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import { task } from '../../setup/terminal.mjs'
import { type Detail, start } from '../run'
import { type Candidate, type Grown, sum } from './outcome'
import { starting } from './times'

// Waits for the end of its input, so that all end when the bench says so.
const argv = ['/bin/sh', '-c', 'echo up; read line || :']
const patience = 120_000
const bytesOfOne = 40 * 1024 ** 2

type Started = Awaited<ReturnType<typeof start>>

/** Each candidate in each size. After a size that didn't work, larger ones aren't tried. */
export async function grow(candidates: Candidate[], sizes: number[]): Promise<Grown[]> {
  return task(`Starting ${sizes.join(', ')} containers at once`, async (detail: Detail) => {
    const outcomes: Grown[] = []
    for (const candidate of candidates) {
      for (const size of sizes) {
        detail(`${size} of ${candidate.name}`)
        const outcome = await together(candidate, size)
        outcomes.push({ name: candidate.name, size, ...outcome })
        if (outcome.problem) break
      }
    }
    return outcomes
  })
}

async function together({ command, env }: Candidate, size: number) {
  if (freemem() < size * bytesOfOne) return { problem: `too little free memory for ${size}` }
  const begin = performance.now()
  const all: Started[] = []
  for (let id = 0; id < size; id++)
    all.push(await start(command(argv, id), { ...starting(env), stdin: 'pipe' }))
  const up = Promise.all(all.map(speaks)).then(() => true)
  if (!(await Promise.race([up, after(patience, false, { ref: false })]))) {
    await finish(all)
    return { problem: `not all had started after ${patience / 1000} s` }
  }
  const startMs = performance.now() - begin
  const held = all.every(({ child }) => child.exitCode === null) ? heldBy(all) : {}
  return { startMs, ...held, ...(await finish(all)) }
}

/** Resolves with the first output, or at its end. */
const speaks = ({ child }: Started) =>
  new Promise((resolve) => {
    child.stdout?.once('data', resolve).once('close', resolve)
  })

async function finish(all: Started[]) {
  const begin = performance.now()
  for (const { child } of all) child.stdin?.on('error', () => {}).end()
  const ended = await Promise.all(all.map(({ ended }) => ended))
  const failed = ended.find(({ status }) => status !== 0)
  const problem = failed && `one ended with ${failed.status}: ${failed.stderr}`
  return { endMs: performance.now() - begin, ...(problem ? { problem } : {}) }
}

/** What makes the containers and stays beside the commands. The commands themselves don't count. */
function heldBy(all: Started[]) {
  const children = families()
  const pids = all.map(({ child }) => child.pid as number)
  for (const pid of pids) pids.push(...(children.get(pid) ?? []))
  // A program that starts containers has the command among its own arguments.
  const isCommand = (words: string[]) => words.length <= argv.length && words.at(-1) === argv.at(-1)
  const staying = pids.filter((pid) => !isCommand(words(pid)))
  return { processes: staying.length / all.length, heldKiB: sum(staying.map(pss)) / all.length }
}

/** The pid of each process -> the pids of its children. */
function families(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  return children
}

const words = (pid: number) => read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1)

/** The proportional set size in KiB: private memory, and a share of what's common with others. */
const pss = (pid: number) =>
  Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
