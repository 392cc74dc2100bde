// A little of what `npm run test:load` does.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { repository } from '../harness/work'

test('60 containers in a row and 8 at once cost the program that starts them nothing', () => {
  const program = ['--require', 'tsx/cjs', 'test/stress/load.ts']
  const words = [...program, '--sequential', '60', '--parallel', '8']
  const options = { cwd: repository, encoding: 'utf8' } as const
  const { status, stderr } = spawnSync(process.execPath, words, options)
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('No growth.') })
})
