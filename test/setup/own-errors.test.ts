// What a learner sees of an error before their program can say how it dies: no code of others.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at } from '../../tools/setup/project.mjs'
import { HANG } from '../harness/waiting'

const programs = {
  'an import that leads nowhere': ["import '../../native/nowhere'", /Cannot find module .*nowhere/],
  'a bracket too few': ['if (1 {', /main\.ts:1:\d+: ERROR: Expected "\)"/],
  'a name that is missing': ['process.on("exit", die)', /ReferenceError: die .*\n.*main\.ts:1/],
  'something else thrown': ["throw 'up'", /thrown: 'up'/],
} satisfies Record<string, [string, RegExp]>

test.each(Object.entries(programs))('%s', (_, [source, said]) => {
  const folder = mkdtempSync(join(tmpdir(), 'own-errors-'))
  try {
    const main = join(folder, 'main.ts')
    writeFileSync(main, source)
    const preloaded = ['tsx/cjs', './tools/setup/own-errors.cjs'].flatMap((n) => ['--require', n])
    const options = { cwd: at('.'), encoding: 'utf8', timeout: HANG } as const
    const { status, stderr } = spawnSync(process.execPath, [...preloaded, main], options)
    expect(stderr).toMatch(said)
    expect(stderr).not.toMatch(/node_modules|node:|esbuild/)
    expect(stderr.split('\n').length).toBeLessThan(6)
    expect(status).toBe(1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
