// `npm test` in a checkout, with the Node in a folder.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const reporters = ['--reporter=default', '--reporter=./tools/lib/count-reporter.mjs']

export function runTests(bin, checkout, filters, detail) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, 'node'), ['tools/test.mjs', ...filters, ...reporters], {
      cwd: checkout,
      env: environment(bin),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const stop = () => process.kill(-child.pid, 'SIGTERM')
    process.on('exit', stop)
    let output = ''
    const collect = (chunk) => {
      output += stripVTControlCharacters(`${chunk}`)
      detail(output.trimEnd().split('\n').at(-1))
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('exit', stop)
      resolve(outcome(output, code ?? signal))
    })
  })
}

// That of another npm's run says where that npm and its Node are.
function environment(bin) {
  const foreign = /^(npm_|NODE_(?!EXTRA_CA_CERTS)|INIT_CWD)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: [bin, process.env.PATH].join(delimiter) }
}

function outcome(output, status) {
  const counts = /^\d+ passed, \d+ failed.*$/m.exec(output)?.[0]
  const failures = [...new Set(output.split('\n').filter((line) => /^\s*FAIL /.test(line)))]
  if (counts) return { counts, failures, status }
  return { counts: 'not run', failures: output.trimEnd().split('\n').slice(-20), status: status || 1 }
}
