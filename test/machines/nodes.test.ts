// `npm run test:nodes`, interrupted: the tests end before their clone is removed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { killPid, tryRead } from '../harness/proc'
import { Started } from '../harness/started'
import { until } from '../harness/waiting'
import { repository } from '../harness/work'

const folder = mkdtempSync(join(tmpdir(), 'people-nodes-'))
const version = join(folder, 'containers-from-scratch-ts/nodes/20.19.0')
const bin = join(version, `node_modules/node-linux-${process.arch}/bin`)
const log = join(folder, 'log')
const temporary = join(folder, 'tmp')
for (const directory of [bin, temporary]) mkdirSync(directory, { recursive: true })

const logged = () => tryRead(log)?.trim().split('\n') ?? []
afterAll(() => {
  const [pid] = logged()
  if (pid) killPid(Number(pid))
  rmSync(folder, { recursive: true, force: true })
})

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
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

test.skipIf(!existsSync(join(repository, '.git')))('it waits for their end', async () => {
  const PATH = [bin, process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH, XDG_CACHE_HOME: folder, TMPDIR: temporary }
  const words = ['tools/run.mjs', 'test:nodes', '20.19.0']
  const started = new Started(spawn(process.execPath, words, { cwd: repository, env }), words)
  await until(() => logged().length > 0)
  started.child.kill('SIGTERM')
  expect(await started.ended()).toMatchObject({ status: 143, stdout: Buffer.alloc(0) })
  expect(logged()).toEqual([expect.stringMatching(/^\d+$/), 'ended'])
  expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([])
})
