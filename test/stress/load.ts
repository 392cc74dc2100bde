// npm run test:load: what many containers cost the program that starts them, through the addon and
// in the namespaces of the last step.
import { Command } from 'commander'
import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#native/sched'
import { spawn } from '#native/spawn'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { main, Problem, say, task } from '../../tools/setup/terminal.mjs'
import { until } from '../harness/waiting'

/** CPU time of the last starts against the first: more is a cost that grows. */
const slowest = 1.5
/** So few starts say nothing about a cost that grows. */
const few = 200
/** Bytes per container after the warm-up; leaking only a start's arguments would be more. */
const leak = 8192
/** Bytes that a heap gains and loses without a leak. */
const noise = 8 * 2 ** 20

const command = new Command('npm run test:load --')
  .description('Starts many containers and measures what that costs the program that starts them.')
  .option('--sequential <number>', 'how many one after the other', wholeNumber(), 1000)
  .option('--parallel <number>', 'how many at once', wholeNumber(), 50)

const cloneflags = CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC

async function start(): Promise<void> {
  const status = await spawn('/bin/true', [], { cloneflags })
  if (status !== 0) throw new Problem(`A container ended with status ${status}.`)
}

const startAtOnce = (count: number) => Promise.all(Array.from({ length: count }, start))

/** Starts them one after the other; gives the milliseconds of CPU time that each took. */
async function startInRow(count: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const begin = process.cpuUsage()
    await start()
    const { user, system } = process.cpuUsage(begin)
    times.push((user + system) / 1000)
  }
  return times
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function memory(): number {
  collectGarbage()
  return process.memoryUsage.rss()
}

const descriptors = () => readdirSync('/proc/self/fd').length

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

main(async () => {
  const { sequential, parallel } = parseOptions(command, process.argv.slice(2)).opts()
  // The warm-up: what is allocated once, and code that gets compiled. Many starts at once widen the
  // pool of threads. A child's descriptors close a moment after its end: the fewest count.
  await startAtOnce(parallel)
  const open: number[] = []
  for (let i = 0; i < 20; i++) {
    await start()
    open.push(descriptors())
  }
  const before = { descriptors: Math.min(...open), memory: memory() }
  const title = `Starting ${sequential} one after the other, and ${parallel} at once`
  const times: number[] = await task(title, async () => {
    const times = await startInRow(sequential)
    await startAtOnce(parallel)
    return times
  })
  await until(() => descriptors() <= before.descriptors)
  const after = { descriptors: descriptors(), memory: memory() }
  const sample = Math.min(100, Math.ceil(sequential / 2))
  const [first, last] = [median(times.slice(0, sample)), median(times.slice(-sample))]

  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  say(`  CPU time    ${first.toFixed(1)} ms a start at first, ${last.toFixed(1)} ms at last`)
  say(`  descriptors ${before.descriptors} before, ${after.descriptors} after`)
  say(`  memory      ${mebibytes(before.memory)} before, ${mebibytes(after.memory)} after`)
  const grown = [
    after.descriptors > before.descriptors && 'descriptors',
    after.memory - before.memory > noise + leak * sequential && 'memory',
    sequential >= few && last / first > slowest && 'CPU time',
  ].filter(Boolean)
  if (grown.length > 0) throw new Problem(`It grows: ${grown.join(', ')}.`)
  say('No growth.')
})
