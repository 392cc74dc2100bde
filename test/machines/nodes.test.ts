// `npm run test:nodes`, interrupted: the tests end before their clone is removed.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { killPid, tryRead, until } from '../harness/proc'
import { repository } from '../harness/work'

const folder = mkdtempSync(join(tmpdir(), 'people-nodes-'))
const version = join(folder, 'containers-from-scratch-ts/nodes/20.19.0')
const bin = join(version, `node_modules/node-linux-${process.arch}/bin`)
const log = join(folder, 'log')
const temporary = join(folder, 'tmp')
for (const directory of [bin, temporary]) mkdirSync(directory, { recursive: true })

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

program('git', 'mkdir "$5" && touch "$5/package.json"')
// Its tests run until something ends them, and a moment longer.
program(
  'node',
  `[ "$1" != -p ] || { echo 20.19.0; exit; }
  trap 'sleep 0.3; test -f package.json && echo ended >> "${log}"; exit 1' TERM
  echo "$$" > "${log}"
  while :; do sleep 0.1; done`,
)

const logged = () => tryRead(log)?.trim().split('\n') ?? []
afterEach(() => {
  const [pid] = logged()
  if (pid) killPid(Number(pid))
  rmSync(log, { force: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts Node with these words. */
function start(words: string[]) {
  const PATH = [bin, process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH, XDG_CACHE_HOME: folder, TMPDIR: temporary }
  const child = spawn(process.execPath, words, {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise((done) => child.once('close', (status) => done({ status, said })))
  return { child, ended }
}

test.skipIf(!existsSync(join(repository, '.git')))('it waits for their end', async () => {
  const { child, ended } = start(['tools/run.mjs', 'test:nodes', '20.19.0'])
  await until(() => logged().length > 0, 60_000)
  child.kill('SIGTERM')
  expect(await ended).toEqual({ status: 143, said: '' })
  expect(logged()).toEqual([expect.stringMatching(/^\d+$/), 'ended'])
  expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([])
})

test('tests that it may not end are no error', async () => {
  const script = `const { existsSync } = require('node:fs')
    const { endOnSignals, start } = require('./tools/maintainers/run.ts')
    endOnSignals()
    start([${JSON.stringify(join(bin, 'node'))}]).then(async ({ ended }) => {
      while (!existsSync(${JSON.stringify(log)})) await new Promise((done) => setTimeout(done, 20))
      process.setuid(65534)
      process.kill(process.pid, 'SIGTERM')
      await ended.catch(({ message }) => console.log(message))
    })`
  const { ended } = start(['--require', 'tsx/cjs', '--eval', script])
  expect(await ended).toEqual({ status: 0, said: 'Interrupted.\n' })
})
