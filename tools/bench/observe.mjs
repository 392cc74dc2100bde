// What stays on the host while a container runs.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { start } from './run.mjs'

const word = 'sleep'

/** For each step, while `sleep` runs in its container: how many Node processes there are, and their memory. */
export async function observe(steps) {
  const running = []
  for (const step of steps.filter(({ kind }) => kind === 'step')) {
    const { child, ended } = start({ command: [...step.command.slice(0, -1), `/bin/${word}`, '60'] })
    const processes = await untilRunning(child)
    child.kill()
    await ended
    const nodes = processes.filter(({ program }) => program.startsWith('node'))
    running.push({
      what: step.what,
      node: step.node,
      nodeProcesses: nodes.length,
      residentKiB: sum(nodes.map(({ pss }) => pss)),
    })
  }
  return running
}

// Only when the command has taken the place of whatever made its world is the container complete.
async function untilRunning(child) {
  for (let i = 0; i < 1000 && child.exitCode === null && child.signalCode === null; i++) {
    const processes = tree(child.pid).map(look)
    if (processes.some(({ name }) => name === word)) return processes
    await sleep(10)
  }
  throw new Error('a container with sleep in it did not come up within 10 seconds')
}

function tree(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parent(name)])
  const found = [pid]
  for (const one of found) found.push(...parents.filter(([, ppid]) => ppid === one).map(([child]) => child))
  return found
}

const parent = (pid) => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1])

function look(pid) {
  const pss = Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  return { pid, name: read(`/proc/${pid}/comm`).trim(), program: program(pid), pss }
}

function program(pid) {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return '' // it has ended
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // its process has ended
  }
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
