// Running a program to its end and saying what is not as it should be.
import { spawn } from 'node:child_process'
import { shown } from '../../setup/programs.mjs'

/** A scenario that can not be made here, and why: no verdict. */
export class LeftOut extends Error {}

const running = new Set()

/** Resolves to status, stdout and stderr. With `always`, an interruption does not end it. */
export function run(argv, { cwd, env = process.env, always = false } = {}) {
  return new Promise((resolve, reject) => {
    // A process group of its own, to be ended as a whole.
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    if (!always) running.add(child)
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (chunk) => {
        said[name] += chunk
      })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({ argv, status: code ?? signal, ...said })
    })
  })
}

/** Ends all that runs; what does not care is killed. */
export function stopAll() {
  for (const { pid } of running) {
    signal(-pid, 'SIGTERM')
    setTimeout(signal, 3000, -pid, 'SIGKILL').unref()
  }
}

export function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** The same, and an error unless it ends with status 0. */
export async function succeeds(argv, options) {
  const ended = await run(argv, options)
  if (ended.status !== 0) throw new Error(`${story(ended)}`)
  return ended
}

/** What was run and what came of it, for a message. */
export function story({ argv, status, stdout, stderr }) {
  const tail = (text) => text.trim().split('\n').slice(-12).join('\n')
  return [`status ${status} of ${shown(argv)}`, tail(stdout), tail(stderr)]
    .filter(Boolean)
    .join('\n')
}

export function expect(holds, ended, wanted) {
  if (!holds) throw new Error(`expected ${wanted}: ${story(ended)}`)
}
