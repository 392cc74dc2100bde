// Every command has its --help, and refuses what it doesn't know.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { at } from '../../tools/setup/project.mjs'
import { HANG } from '../harness/waiting'

/** These give their words to what they start: a container, or a program with a help page. */
const passOn = ['start', 'test', 'test:all', 'step', 'test:sanitize', 'lint', 'format']
const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const ours = Object.keys(scripts).filter((name) => !passOn.includes(name))

type Outcome = { status: number; stdout: string; stderr: string }

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const argv = ['tools/run.mjs', ...args]
    execFile(process.execPath, argv, { cwd: at('.') }, (error, stdout, stderr) =>
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

// One of each kind: loaded without packages, as CommonJS, as ESM, and as root; each way to read.
test.concurrent.for(['doctor', 'build', 'rootfs', 'check', 'kit', 'slides', 'docs'])(
  'npm run %s -- --help',
  options,
  async (name, { expect }) => {
    expect(await run(name, '--help')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^usage: npm run /i),
      stderr: '',
    })
  },
)
