// `diff`: it shows what differs, and nothing else.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import chalk, { type ColorSupportLevel } from 'chalk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changes, type Side } from '../../tools/companion/diff/change'
import { patch, stat } from '../../tools/companion/diff/plain'
import { inLines } from '../../tools/companion/diff/colours'
import { show } from '../../tools/companion/diff/show'
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

describe.each(pairs)('from %s to %s', (a, b) => {
  test('it counts as git does', () => {
    const rows = stat(changes(side(a), side(b))).slice(0, -1)
    const counts = rows.map((row) => stripVTControlCharacters(row).split(/\s+/, 3).join(' '))
    expect(counts.sort()).toEqual(numstat(a, b).sort())
  })

  test('patch(1) applies it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'patch-'))
    try {
      cpSync(join(repository, 'steps', a), folder, { recursive: true })
      const input = `${patch(changes(side(a, '.'), side(b, '.'))).join('\n')}\n`
      execFileSync('patch', ['-p0', '--quiet'], { cwd: folder, input })
      expect(filesIn(folder)).toEqual(side(b).files)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('without colours it is a patch that turns mine into the reference, new files included', () => {
  const { stdout } = checkout.run(['diff', 'mine', '10'])
  execFileSync('patch', ['-p0', '--quiet'], { cwd: checkout.folder, input: stdout })
  expect(checkout.run(['diff', 'mine', '10'])).toEqual({
    status: 0,
    stdout: '',
    stderr: 'There is no difference between mine and 10-ipc.\n',
  })
  expect(checkout.read('my-container', 'network.ts')).toBe(
    checkout.read('steps', '10-ipc', 'network.ts'),
  )
  checkout.run(['jump', '2'])
})

test('a step alone is compared with the previous one', () => {
  const { stdout } = checkout.run(['diff', '3', '--stat'])
  expect(stdout).toMatch(/^main\.ts +\+\d+ +-\d+ /)
  expect(stdout).toBe(checkout.run(['diff', '2', '3', '--stat']).stdout)
})

describe('colours', () => {
  const shown = async (level: ColorSupportLevel) => {
    chalk.level = level
    const lines = await show(changes(side('02-uts'), side('03-pid')), { columns: 80 })
    return lines.join('\n')
  }

  test.each([1, 2, 3] as const)('of depth %s change no character', async (depth) => {
    const text = await shown(depth)
    expect(text).toContain('\x1b[')
    expect(stripVTControlCharacters(text)).toContain(
      '+     cloneflags: CLONE_NEWUTS | CLONE_NEWPID,',
    )
  })

  test('--no-color means none', () => {
    const env = { PATH: process.env.PATH, TERM: 'xterm', FORCE_COLOR: '3' }
    expect(checkout.run(['diff', '2', '3'], { env }).stdout).toContain('\x1b')
    expect(checkout.run(['diff', '2', '3', '--no-color'], { env }).stdout).not.toContain('\x1b')
  })

  test('mark the words that changed, and no more', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes of the terminal
    expect(await shown(1)).toMatch(/\x1b\[7m \| CLONE_NEWPID\x1b\[27m/)
  })
})

test('side by side no line is wider than the terminal', async () => {
  const found = changes(side('05-chroot'), side('06-pivot-root'))
  const lines = await show(found, { columns: 80, side: true })
  const text = stripVTControlCharacters(lines.join('\n')).split('\n')
  expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text.filter((line) => line.includes('│')).length).toBeGreaterThan(30)
})

test('a long line breaks between words, and its rest is indented as it is', () => {
  const pieces = ['    mount(', "'proc', '/proc', ", 'averylongnamewithoutanyspace'].map(
    (text) => ({
      text,
      paint: chalk,
    }),
  )
  expect(inLines(pieces, 18).map((line) => line.trimEnd())).toEqual([
    "    mount('proc',",
    "    '/proc',",
    '    averylongnamew',
    '    ithoutanyspace',
  ])
})

describe('a difference with more lines than the terminal', () => {
  const paged = 'sed s/^/paged:/'

  test('goes through $PAGER', async () => {
    const { status, shown } = await checkout.atTerminal(['diff', '6'], { PAGER: paged })
    expect(status).toBe(0)
    expect(stripVTControlCharacters(shown)).toMatch(/paged:05-chroot → 06-pivot-root\r\n/)
  })

  test.each([
    ['a pager that ends early', 'head -1', /→ 06-pivot-root\r\n$/],
    ['no such pager: it is shown all the same', 'nothing-of-this-name', /umount2\('\.'/],
    ['an empty $PAGER', '', /^.*→ 06-pivot-root[\s\S]*umount2\('\.'/],
  ])('%s', async (_, PAGER, text) => {
    const { status, shown } = await checkout.atTerminal(['diff', '6'], { PAGER })
    expect(status).toBe(0)
    expect(stripVTControlCharacters(shown)).toMatch(text)
  })

  test('not if it is short, or read by a program', async () => {
    const { shown } = await checkout.atTerminal(['diff', '6', '--stat'], { PAGER: paged })
    expect(shown).not.toContain('paged:')
    const env = { PATH: process.env.PATH, TERM: 'xterm', PAGER: paged }
    expect(checkout.run(['diff', '6'], { env }).stdout).not.toContain('paged:')
  })
})

test('a reader that has seen enough causes no trouble', () => {
  const shell = `"${process.execPath}" tools/run.mjs diff 1 10 | head -1`
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], {
    cwd: checkout.folder,
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: '--- steps/01-exec/main.ts\n', stderr: '' })
})

describe('a wrong command line', () => {
  test.each([
    [['diff', 'mine'], /Compare yours with which step/],
    [['diff', '1', '99'], /no step "99"/],
    [['diff', '1', '2', '--colour'], /unknown option/],
  ])('%j', (args, words) => {
    const { status, stdout, stderr } = checkout.run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(words)
  })
})
