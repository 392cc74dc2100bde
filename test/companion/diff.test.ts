// `diff`: it shows what differs, and nothing else.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changes, type Side } from '../../tools/companion/diff/change'
import { patch } from '../../tools/companion/diff/plain'
import { filesIn } from '../../tools/companion/learner'
import { steps } from '../harness/target'
import { repository } from '../harness/work'
import { Checkout } from './checkout'

let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
  checkout.run(['jump', '2'])
})
afterAll(() => checkout.remove())

const coloured = (depth: string) => ({ PATH: process.env.PATH, TERM: 'xterm', FORCE_COLOR: depth })

/** What git counts, as `file +added -removed`. */
function numstat(a: string, b: string): string[] {
  const { stdout } = spawnSync(
    'git',
    ['diff', '--no-index', '--numstat', `steps/${a}`, `steps/${b}`],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  )
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [added, removed, name] = line.split('\t') as [string, string, string]
      return `${/([\w-]+\.ts)\}?$/.exec(name)?.[1]} +${added} -${removed}`
    })
}

const pairs = steps()
  .slice(1)
  .map((step, index) => [steps()[index] as string, step] as const)

function side(step: string, folder = join('steps', step)): Side {
  return { folder, files: filesIn(join(repository, 'steps', step)) }
}

describe('it counts as git does', () => {
  test.each(pairs)('%s %s', (a, b) => {
    const counts = changes(side(a), side(b), 3).map(
      ({ file, added, removed }) => `${file} +${added} -${removed}`,
    )
    expect(counts.sort()).toEqual(numstat(a, b).sort())
  })

  test('and --stat says so', () => {
    const { stdout, status } = checkout.run(['diff', '6', '7', '--stat'])
    const rows = stdout.trim().split('\n').slice(0, -1)
    const counts = rows.map((line) => line.split(/\s+/).slice(0, 3).join(' '))
    expect({ status, counts: counts.sort() }).toEqual({
      status: 0,
      counts: numstat('06-pivot-root', '07-cgroups').sort(),
    })
  })
})

test('without colours it is a patch that turns mine into the reference, new files included', () => {
  const { stdout } = checkout.run(['diff', 'mine', '9'])
  execFileSync('patch', ['-p0', '--quiet'], { cwd: checkout.folder, input: stdout })
  expect(checkout.run(['diff', 'mine', '9'])).toEqual({
    status: 0,
    stdout: '',
    stderr: 'There is no difference between mine and 09-ipc.\n',
  })
  expect(checkout.read('my-container', 'network.ts')).toBe(
    checkout.read('steps', '09-ipc', 'network.ts'),
  )
  checkout.run(['jump', '2'])
})

test.each(pairs)('patch(1) turns %s into %s', (a, b) => {
  const folder = mkdtempSync(join(tmpdir(), 'patch-'))
  try {
    cpSync(join(repository, 'steps', a), folder, { recursive: true })
    const input = `${patch(changes(side(a, '.'), side(b, '.'), 3)).join('\n')}\n`
    execFileSync('patch', ['-p0', '--quiet'], { cwd: folder, input })
    expect(filesIn(folder)).toEqual(side(b).files)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a step alone is compared with the previous one', () => {
  expect(checkout.run(['diff', '3']).stdout).toBe(checkout.run(['diff', '2', '3']).stdout)
})

describe('colours', () => {
  test.each(['1', '2', '3'])('of depth %s change no character', (depth) => {
    const { stdout } = checkout.run(['diff', '2', '3'], { env: coloured(depth) })
    expect(stdout).toContain('\x1b[')
    expect(stripVTControlCharacters(stdout)).toContain(
      '+     cloneflags: CLONE_NEWUTS | CLONE_NEWPID,',
    )
  })

  test('NO_COLOR and --no-color mean none', () => {
    const env = { PATH: process.env.PATH, TERM: 'xterm-256color', NO_COLOR: '1' }
    expect(checkout.run(['diff', '2', '3'], { env }).stdout).not.toContain('\x1b')
    expect(
      checkout.run(['diff', '2', '3', '--no-color'], { env: coloured('3') }).stdout,
    ).not.toContain('\x1b')
  })

  test('mark the words that changed, and no more', () => {
    const { stdout } = checkout.run(['diff', '2', '3'], { env: coloured('1') })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes of the terminal
    expect(stdout).toMatch(/\x1b\[7m \| CLONE_NEWPID\x1b\[27m/)
  })
})

test('side by side no line is wider than the terminal', () => {
  const { stdout } = checkout.run(['diff', '5', '6', '--side'])
  const lines = stdout.trimEnd().split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines.filter((line) => line.includes('│')).length).toBeGreaterThan(30)
})

test('a reader that has seen enough causes no trouble', () => {
  const shell = `"${process.execPath}" tools/run.mjs diff 1 9 | head -1`
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], {
    cwd: checkout.folder,
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: '--- steps/01-exec/main.ts\n', stderr: '' })
})

describe('a wrong command line', () => {
  test.each([
    [['diff'], /missing required argument/],
    [['diff', 'mine'], /Compare yours with which step/],
    [['diff', '1', '99'], /no step "99"/],
    [['diff', '1', '2', '--context', 'x'], /--context x/],
    [['diff', '1', '2', '--colour'], /unknown option/],
  ])('%j', (args, words) => {
    const { status, stdout, stderr } = checkout.run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(words)
  })
})
