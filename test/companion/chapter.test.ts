// What `watch` takes from the guide and says when a step holds: it has it for each step.
import { describe, expect, test } from 'vitest'
import { editorAt, placeOf } from '../../tools/companion/watch/editor'
import { questionsOf } from '../../tools/companion/watch/chapter'
import { listPage, quizPage } from '../../tools/companion/watch/pages'
import { passed } from '../../tools/companion/watch/passed'
import { steps } from '../harness/target'

describe.each(steps().map((step) => [step]))('%s', (step) => {
  test('has questions with answers, without the marks of Markdown and HTML', () => {
    const found = questionsOf(step)
    expect(found.length).toBeGreaterThan(1)
    for (const { question, answer } of found) {
      expect(question).toMatch(/\?/)
      expect(answer.length).toBeGreaterThan(20)
      expect(question + answer).not.toMatch(/<\/?\w+>|\]\(|\*\*|&\w+;|```/)
    }
  })

  test('says why it works, in a sentence, and what to look at', () => {
    expect(passed[step]?.why).toMatch(/^[A-Z`][^.!?]*(\.\w[^.!?]*)*\.$/)
    expect(passed[step]?.look).toMatch(/\S/)
  })
})

test('t goes from a question to its answer, to the next one, and ends', () => {
  const texts: string[] = []
  for (let page = quizPage('03-pid', 80); page; page = page.next?.page())
    texts.push(`${page.title}: ${page.lines.join(' ')}`)
  expect(texts).toHaveLength(2 * questionsOf('03-pid').length)
  expect(texts[0]).toMatch(/Question 1 of 2.*docker stop/)
  expect(texts[0]).not.toMatch(/10 seconds|SIGTERM/)
  expect(texts[1]).toMatch(/Question 1 of 2.*SIGTERM/)
  expect(texts[2]).toMatch(/Question 2 of 2.*unshare/)
})

test('the list has each step on a line, what of it holds, and a mark at the chosen one', () => {
  const properties = [
    { name: 'a', holds: true },
    { name: 'b', holds: false as const },
  ]
  const judgement = { program: '', step: '02-uts', steps: [{ step: '02-uts', properties }] }
  const { lines } = listPage(judgement, 1, 60)
  expect(lines).toHaveLength(steps().length)
  expect(lines[1]).toMatch(/^> .*02-uts .*1\/2 /)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('the editor opens at the line of the error, else of the type checker, else of the program', () => {
  const finding = { file: 'dev.ts', line: 7, message: '', code: [] }
  const base = { program: '', step: '02-uts', steps: [], findings: [finding] }
  const words = { expected: '', seen: '', cause: 'x', usually: '', hints: [] }
  const error = { message: 'no', places: ['main.ts:49  mount(null)', 'main.ts:9  run()'] }
  const errors = [{ step: '02-uts', name: 'runs', holds: false, failure: { ...words, error } }]
  expect(placeOf({ ...base, errors })).toEqual({ file: 'main.ts', line: 49 })
  expect(placeOf(base)).toEqual({ file: 'dev.ts', line: 7 })
  expect(placeOf(undefined)).toEqual({ file: 'main.ts', line: 1 })
})

test.each([
  [{ EDITOR: 'vim' }, /^vim \+49 \S*my-container\/main\.ts$/, false],
  [{ EDITOR: 'vi', VISUAL: 'code --wait' }, /^code --goto \S*main\.ts:49$/, true],
  [{ EDITOR: 'hx' }, /^hx \S*main\.ts:49$/, false],
  [{ TERM_PROGRAM: 'vscode' }, /^code --goto \S*main\.ts:49$/, true],
])('with %o', (env, words, isWindow) => {
  const found = editorAt({ file: 'main.ts', line: 49 }, env)
  expect(found?.words.join(' ')).toMatch(words)
  expect(found?.isWindow).toBe(isWindow)
  expect(editorAt({ file: 'main.ts', line: 49 }, {})).toBeUndefined()
})
