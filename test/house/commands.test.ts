// The commands of package.json: each is in tools/run.mjs and in the README or CONTRIBUTING.md.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../harness/work'

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

test('tools/run.mjs and package.json have the same commands', async () => {
  const listed = spawnSync(process.execPath, ['tools/run.mjs', '--help'], {
    cwd: repository,
    encoding: 'utf8',
  }).stdout.match(/^\S+/gm)
  expect(listed?.sort()).toEqual(Object.keys(scripts).sort())
  // exec: no shell stays in between, so that the command gets the signals that npm passes on.
  for (const [name, script] of Object.entries(scripts))
    expect(script).toBe(`exec node tools/run.mjs ${name}`)
})

test('the README or CONTRIBUTING.md has them all', () => {
  const text = ['README.md', 'CONTRIBUTING.md']
    .map((name) => readFileSync(join(repository, name), 'utf8'))
    .join('\n')
  const missing = Object.keys(scripts).filter(
    (name) => !new RegExp(`npm (run )?${name}\\b`).test(text),
  )
  expect(missing).toEqual([])
})
