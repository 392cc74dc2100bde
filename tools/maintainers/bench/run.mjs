// Runs one program, and times it. A signal to the bench ends that program first, and then the bench.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'

// Without what makes some Nodes start otherwise than they do for others: extra certificates alone cost Node 20 as much as its start.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^NODE_/.test(name)),
)
const running = new Set()
let stopped

/**
 * Starts a program. `begin` is the time of that, in ms of the clock that all processes share. `output` resolves with its
 * first output, or at its end. `ended` resolves to its status, its complaints, and how long its first output and its
 * end took, in ms.
 */
export function start([file, ...args], { env, stdin = 'ignore' } = {}) {
  if (stopped) throw stopped
  const begin = now()
  const child = spawn(file, args, {
    cwd: root,
    env: { ...environment, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  })
  running.add(child)
  let first
  let ms
  let complaints = ''
  const output = new Promise((resolve) => {
    child.stdout.once('data', () => {
      first = now() - begin
      resolve()
    })
    child.stdout.once('close', resolve)
  })
  child.stdout.resume()
  child.stdin?.on('error', () => {})
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text
  })
  child.on('exit', () => {
    ms = now() - begin
  })
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => {
      running.delete(child)
      if (stopped) reject(stopped)
      else resolve({ status: status ?? signal, ms, first, complaints: complaints.trim() })
    })
  })
  ended.catch(() => {}) // heard of by whoever waits for it
  return { child, begin, output, ended }
}

export const run = (command, options) => start(command, options).ended

const now = () => Number(process.hrtime.bigint()) / 1e6

/** From here on SIGINT, SIGTERM and SIGHUP end what runs; what is awaited then rejects. */
export function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      stopped ??= new Problem('Stopped before the end.', 128 + constants.signals[signal])
      for (const child of running) child.kill('SIGTERM')
    })
}
