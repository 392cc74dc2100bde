// The companion imports the tests of steps without vitest: each gives its claims, and does nothing.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { at, root } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'

test('each step has a test that gives its claims without vitest, all with different names', () => {
  const program = `
    const claims = (file) => require(file).claims.map(({ name }) => name)
    console.log(JSON.stringify(process.argv.slice(1).map(claims)))`
  const files = steps().map((step) => at('test', `${step}.test.ts`))
  const words = ['--require', 'tsx/cjs', '-e', program, ...files]
  const answer = execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  const names: string[][] = JSON.parse(answer)
  expect(names.map((list, i) => [steps()[i], list.length > 0])).toEqual(
    steps().map((step) => [step, true]),
  )
  expect(names.flat()).toEqual([...new Set(names.flat())])
})
