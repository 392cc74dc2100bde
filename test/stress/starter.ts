// `starter.ts SEQUENTIAL PARALLEL` starts containers in the namespaces of the last step, and prints
// as JSON what that cost it.
import { readdirSync } from 'node:fs'
import { spawn } from '#native/spawn'
import { CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#native/sched'
import { until } from '../harness/waiting'

export type Cost = {
  failed: number
  /** The median CPU time of the last starts, divided by that of the first. */
  ratio: number
  milliseconds: { first: number; last: number }
  descriptors: { before: number; after: number }
  memory: { before: number; after: number }
}

const cloneflags = CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC
const start = () => spawn('/bin/true', [], { cloneflags })
const descriptors = () => readdirSync('/proc/self/fd').length

async function timed(): Promise<{ status: number; took: number }> {
  const begin = process.cpuUsage()
  const status = await start()
  const { user, system } = process.cpuUsage(begin)
  return { status, took: (user + system) / 1000 }
}

function memory(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

async function main(sequential: number, parallel: number): Promise<Cost> {
  // The warm-up: what is allocated once, and code that gets compiled. Many starts at once widen the
  // pool of threads. A child's descriptors close a moment after its end: the fewest count.
  await Promise.all(Array.from({ length: parallel }, start))
  const open: number[] = []
  for (let i = 0; i < 20; i++) {
    await start()
    open.push(descriptors())
  }
  const before = { descriptors: Math.min(...open), memory: memory() }
  const ends = []
  for (let i = 0; i < sequential; i++) ends.push(await timed())
  const statuses = await Promise.all(Array.from({ length: parallel }, start))
  await until(() => descriptors() <= before.descriptors)
  const after = { descriptors: descriptors(), memory: memory() }
  const sample = Math.min(100, Math.ceil(sequential / 2))
  const times = ends.map(({ took }) => took)
  const first = median(times.slice(0, sample))
  const last = median(times.slice(-sample))
  return {
    failed: [...ends.map(({ status }) => status), ...statuses].filter((status) => status !== 0)
      .length,
    ratio: last / first,
    milliseconds: { first, last },
    descriptors: { before: before.descriptors, after: after.descriptors },
    memory: { before: before.memory, after: after.memory },
  }
}

main(Number(process.argv[2]), Number(process.argv[3])).then((cost) =>
  console.log(JSON.stringify(cost)),
)
