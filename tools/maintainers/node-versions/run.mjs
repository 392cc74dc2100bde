// `npm test` in a checkout, with the Node in a folder.
import { spawn, spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

const reporters = ['--reporter=default', '--reporter=./tools/lib/count-reporter.mjs']

let running

export function runTests(bin, checkout, filters, detail) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, 'node'), ['tools/run.mjs', 'test', ...filters, ...reporters], {
      cwd: checkout,
      env: environment(bin),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running = child
    let output = ''
    const collect = (chunk) => {
      output += stripVTControlCharacters(`${chunk}`)
      detail(output.trimEnd().split('\n').at(-1))
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => {
      running = undefined
      reject(error)
    })
    child.on('close', (code, signal) => {
      running = undefined
      resolve(outcome(output, code ?? signal))
    })
  })
}

/** Ends the tests that run, by force if need be, and resolves when they have ended. */
export async function stopTests() {
  for (const signal of ['TERM', 'KILL']) {
    const child = running
    if (!child) return
    const ended = new Promise((done) => child.once('close', done))
    if (kill(child.pid, signal))
      await Promise.race([ended, after(10_000, undefined, { ref: false })])
  }
}

/** Whether a group could be sent a signal. That of tests which have become root is for root to end. */
function kill(group, signal) {
  try {
    process.kill(-group, `SIG${signal}`)
    return true
  } catch (error) {
    if (error.code !== 'EPERM') return false
    return spawnSync('sudo', ['-n', 'kill', '-s', signal, '--', `-${group}`]).status === 0
  }
}

// That of another npm's run says where that npm and its Node are.
function environment(bin) {
  const foreign = /^(npm_|NODE_(?!EXTRA_CA_CERTS)|INIT_CWD)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: [bin, process.env.PATH].join(delimiter) }
}

function outcome(output, status) {
  const counts = /^\d+ passed, \d+ failed.*$/m.exec(output)?.[0]
  if (!counts)
    return {
      counts: 'not run',
      failures: output.trimEnd().split('\n').slice(-20),
      status: status || 1,
    }
  // What vitest says of them at the end: where, what was expected, and what was there instead.
  const said = /^.*Failed (?:Tests|Suites)[\s\S]*?(?=^ *Test Files)/m.exec(output)?.[0].trim()
  return { counts, failures: said ? [said] : [], status }
}
