// `npm run step -- FILE.ts` reads a learner's program before it starts it.
import { mkdirSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { Checkout } from '../companion/checkout'

const checkout = new Checkout()
const good = checkout.read('steps', '05-chroot', 'main.ts')
mkdirSync(checkout.path('my-container'))
afterAll(() => checkout.remove())

function start(program: string) {
  checkout.write('my-container/main.ts', program)
  return checkout.node(['tools/run.mjs', 'step', 'my-container/main.ts'])
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
