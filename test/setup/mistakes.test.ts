// `npm run step -- FILE.ts` reads a learner's program before it starts it.
import { mkdirSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { Checkout } from '../companion/checkout'
import { isRoot } from '../native/program'

const checkout = new Checkout()
const good = checkout.read('steps', '05-chroot', 'main.ts')
mkdirSync(checkout.path('my-container'))
afterAll(() => checkout.remove())

function start(program: string, words: string[] = []) {
  checkout.write('my-container/main.ts', program)
  return checkout.node(['tools/run.mjs', 'step', 'my-container/main.ts', ...words])
}

test.for([
  ['a folder that is elsewhere', "'#native/mount'", "'../../native/mount'", '"../../native/mount"'],
  ['a misspelt folder', "'#native/mount'", "'#native/mout'", '"#native/mout"'],
  ['a misspelt name', 'CLONE_NEWPID', 'CLONE_NEWPIDS', 'import "CLONE_NEWPIDS"'],
  ['a missing bracket', 'switch (verb) {', 'switch (verb {', 'Expected ")" but found "{"'],
] as const)('%s: its line, and nothing of anybody else', ([, right, wrong, told]) => {
  const { status, stdout, stderr } = start(good.replaceAll(right, wrong))
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain(told)
  expect(stderr).toMatch(/my-container\/main\.ts:\d+:\d+/)
  expect(stderr).not.toMatch(/node_modules|mark the path|^ {4}at /m)
  expect(stderr.split('\n').length).toBeLessThan(16)
})

test('one that runs is started', () => {
  const { stderr } = start(good)
  expect(stderr).toMatch(/^\$ .*my-container\/main\.ts run\n/m)
  expect(stderr).toContain('usage: node --require tsx/cjs my-container/main.ts run')
})

describe.skipIf(!isRoot)('as the container of chapter 7', () => {
  for (const file of ['cgroup.ts', 'dev.ts'])
    checkout.write(`my-container/${file}`, checkout.read('steps', '07-cgroups', file))
  const limited = checkout.read('steps', '07-cgroups', 'main.ts')

  test('it needs no more memory than the step does', () => {
    const words = ['--memory', '32M', '/bin/echo', 'hi']
    expect(start(`${limited}// mine\n`, words)).toMatchObject({ status: 0, stdout: 'hi\n' })
  })

  test('an error of its second start names the line', () => {
    const wrong = limited.replace("sethostname('container')", 'sethostname(5 as never)')
    const { status, stderr } = start(wrong, ['/bin/true'])
    const line = wrong.split('\n').findIndex((text) => text.includes('sethostname(5')) + 1
    expect(status).toBe(1)
    expect(stderr).toMatch(/^TypeError: name must be a string, not number$/m)
    expect(stderr).toMatch(
      new RegExp(`^    at child \\(.*/my-container/main\\.ts:${line}:3\\)$`, 'm'),
    )
    expect(stderr).toMatch(/native\/unistd\.ts:\d+/)
  })
})
