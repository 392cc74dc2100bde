// The commands of package.json: each refuses what it does not know, and is in the README.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** These give all of their words to what they start: a container, or a program that has a help of its own. */
const passOn = ['start', 'test', 'step', 'test:sanitize', 'lint', 'format', 'typecheck']
const ours = Object.keys(scripts).filter((name) => !passOn.includes(name))

type Outcome = { status: number; stdout: string; stderr: string }

function run(name: string, word: string): Promise<Outcome> {
  const [, ...args] = (scripts[name] as string).split(' ')
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, word], { cwd: repository }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

const options = { timeout: 90_000 * slowness }

test.concurrent.for(ours)(
  'npm run %s refuses an option that it does not have',
  options,
  async (name, { expect }) => {
    const outcome = await run(name, '--nonsense')
    expect(outcome).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('--nonsense'),
    })
  },
)

test('the README has them all', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8')
  expect(
    Object.keys(scripts).filter((name) => !new RegExp(`npm (run )?${name}\\b`).test(readme)),
  ).toEqual([])
})
