// Every command has its --help, and refuses what it doesn't know.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { at } from '../../tools/setup/project.mjs'
import { HANG } from '../harness/waiting'

/** These give their words to what they start: a container, or a program with a help page. */
const passOn = ['start', 'test', 'test:all', 'step', 'test:sanitize', 'lint', 'format']

const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const table = readFileSync(at('tools', 'run.mjs'), 'utf8')

/** Where a command's words are read: the program in its row of the table. */
function programOf(name: string): string {
  const row = new RegExp(`^ {2}'?${name}'?: \\{\\n(?: {4}.*\\n)*? {4}run: '([\\w./-]+)`, 'm')
  return row.exec(table)?.[1] as string
}

// `npm run doctor` has no package that could read them.
const ours = Object.keys(scripts).filter((name) => ![...passOn, 'doctor'].includes(name))

test.for(ours)('npm run %s leaves its words to what refuses unknown ones', (name, { expect }) => {
  expect(readFileSync(at(programOf(name)), 'utf8')).toMatch(/\b(parseOptions|words|parseAsync)\(/)
})

type Outcome = { status: number; stdout: string; stderr: string }

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const argv = ['tools/run.mjs', ...args]
    execFile(process.execPath, argv, { cwd: at('.') }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

// One of each kind: loaded without packages, as CommonJS, as ESM, and as root; each way to read.
test.concurrent.for(['doctor', 'build', 'rootfs', 'check', 'kit', 'slides', 'docs'])(
  'npm run %s: --help, and an option it does not know',
  { timeout: 5 * HANG },
  async (name, { expect }) => {
    expect(await run(name, '--nonsense')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('--nonsense'),
    })
    expect(await run(name, '--help')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^usage: npm run /i),
      stderr: '',
    })
  },
)
