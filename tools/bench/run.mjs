// Runs one program to its end. A signal to the bench ends that program first, and then the bench.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from '../lib/project.mjs'
import { Problem } from '../lib/terminal.mjs'

// Without what makes some Nodes start otherwise than they do for others: extra certificates alone cost Node 20 as much as its start.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^NODE_/.test(name)))
const running = new Set()
let stopped

/** Starts a program that reads and prints nothing. `ended` resolves to its status, its wall time in ms, its complaints. */
export function start({ command: [file, ...args], env }) {
  if (stopped) throw stopped
  const begin = performance.now()
  const child = spawn(file, args, {
    cwd: root,
    env: { ...environment, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(child)
  let ms
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text
  })
  child.on('exit', () => {
    ms = performance.now() - begin
  })
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => {
      running.delete(child)
      if (stopped) reject(stopped)
      else resolve({ status: status ?? signal, ms, complaints: complaints.trim() })
    })
  })
  return { child, ended }
}

export const run = (candidate) => start(candidate).ended

/** From here on SIGINT, SIGTERM and SIGHUP end what runs; what is awaited then rejects. */
export function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      stopped ??= new Problem('Stopped before the end.', 128 + constants.signals[signal])
      for (const child of running) child.kill('SIGTERM')
    })
}
