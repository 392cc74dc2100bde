// Every command has its --help, and refuses what it doesn't know.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { HANG } from '../harness/waiting'
import { repository } from '../harness/work'

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** These give their words to what they start: a container, or a program with a help page. */
const passOn = ['start', 'test', 'test:all', 'step', 'test:sanitize', 'lint', 'format']
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

const options = { timeout: 5 * HANG }

test.concurrent.for(ours)(
  "npm run %s doesn't take just any option",
  options,
  async (name, { expect }) => {
    expect(await run(name, '--nonsense')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('--nonsense'),
    })
  },
)

test.concurrent.for(ours)('npm run %s -- --help', options, async (name, { expect }) => {
  expect(await run(name, '--help')).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^usage: npm run /i),
    stderr: '',
  })
})
