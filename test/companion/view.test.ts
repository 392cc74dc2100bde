// The screen of `watch` at any size: exactly as many lines as it has, and none too long.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  allHold,
  allOf,
  type Judgement,
  type Property,
  troubles,
} from '../../tools/companion/judgement'
import { listPage } from '../../tools/companion/watch/pages'
import { help, type State, view } from '../../tools/companion/watch/view'
import { cut, wrap } from '../../tools/companion/text'
import { steps } from '../harness/target'

const failure = {
  expected: 'the same mounts on the host while a container runs',
  seen: `new: proc on /proc, tmpfs on /tmp/${'long'.repeat(60)}; lost:\n  a second line`,
  cause: 'not-private',
  evidence: 'something that the kernel says',
  usually: 'A new mount namespace starts as a copy of the old one.',
  hints: ['look', 'call', 'the reference has:\n  mount(null)'],
}

function judged(step: string, holds: boolean): Judgement {
  const upTo = steps().filter((name) => name <= step)
  const properties = (name: string) =>
    Array.from({ length: 9 }, (_, index) => ({
      name: `claim ${index + 1} of ${name}, ${'which has a long name '.repeat(index)}`,
      ...(holds || index > 1 ? { holds: true } : { holds: false, failure }),
    }))
  return {
    program: 'my-container/main.ts',
    step,
    holds,
    steps: upTo.map((name) => ({ step: name, properties: properties(name) })),
  }
}

const state = (more: Partial<State> = {}): State => ({
  step: '07-cgroups',
  judgement: judged('07-cgroups', false),
  took: 2.5,
  hints: { 'not-private': 3 },
  scroll: 0,
  ...more,
})

const states: Record<string, State> = {
  failing: state(),
  holding: state({ judgement: judged('07-cgroups', true) }),
  'not judged yet': state({ judgement: undefined, took: undefined }),
  'with a message': state({
    message: "Press r again to replace your code with the previous step's (yours is backed up).",
  }),
  'at the end of part one': state({ step: '10-ipc', judgement: judged('10-ipc', true) }),
  'the step holding, earlier ones not known': state({
    judgement: { ...judged('07-cgroups', true), holds: undefined },
    took: undefined,
    tookStep: 1.2,
  }),
  'scrolled too far': state({ scroll: Number.MAX_SAFE_INTEGER }),
  'in the list': state({ page: listPage(judged('07-cgroups', false), 3, 40) }),
  'on a page': state({ page: { title: 'Keys', lines: wrap(help, 40) } }),
}

describe.each(Object.entries(states))('%s', (_, state) => {
  test.each([
    [80, 24],
    [120, 40],
    [40, 12],
    [132, 10],
  ])('%i×%i', (columns, rows) => {
    const { lines, scroll } = view(state, { columns, rows })
    const widths = lines.map((line) => stripVTControlCharacters(line).length)
    expect(lines).toHaveLength(rows)
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
    expect(scroll).toBeGreaterThanOrEqual(0)
    expect(scroll).toBeLessThan(200)
  })
})

test('a failure is explained first, with the hints that were asked for', () => {
  const text = stripVTControlCharacters(view(state(), { columns: 80, rows: 60 }).lines.join('\n'))
  expect(text).toMatch(
    /✖ .*\n[\s\S]*expected[\s\S]*seen[\s\S]*evidence[\s\S]*usually[\s\S]*hint 1\/3[\s\S]*hint 3\/3/,
  )
})

test('a claim that could not be judged is neither right nor wrong, and says why', () => {
  const step = '01-exec'
  const judgement = judged(step, true)
  const [first] = judgement.steps.flatMap(({ properties }) => properties) as [Property]
  Object.assign(first, { holds: undefined, unjudged: 'there was no answer' })
  judgement.holds = allHold(allOf(judgement))
  const shown = view(state({ step, judgement }), { columns: 80, rows: 40 }).lines.join('\n')
  expect(judgement.holds).toBeUndefined()
  expect(troubles(judgement)).toEqual([])
  expect(stripVTControlCharacters(shown)).toMatch(/not judged {2}claim 1 of 01-exec.*no answer/)
})

const textOf = (state: State, rows = 60) =>
  stripVTControlCharacters(view(state, { columns: 80, rows }).lines.join('\n'))

test('a step that holds says so before the earlier ones are judged, and why, and what to look at', () => {
  const shown = textOf(states['the step holding, earlier ones not known'] as State)
  expect(shown).toMatch(/the step in 1\.2 s; judging/)
  expect(shown).toMatch(/07-cgroups holds; the steps before it are being judged/)
  expect(shown).toMatch(/why {3}The process is in its group[\s\S]*look {2}npm run step/)
  const failing = textOf(states.failing as State)
  expect(failing).not.toMatch(/why {3}|look {2}/)
})

test('verdicts that stand from before are said to', () => {
  const judgement = judged('03-pid', true)
  for (const one of judgement.steps.slice(0, 2)) one.kept = true
  expect(textOf(state({ step: '03-pid', judgement }))).toMatch(
    /judged in 2\.5 s, 2 steps as before/,
  )
})

test('what was saved is not said to be judged as far as the last version was', () => {
  const shown = textOf(state({ took: undefined, isOld: true }))
  expect(shown).toMatch(/saved: judging *$/m)
})

test('each part ends with what you have made', () => {
  const first = textOf(states['at the end of part one'] as State)
  expect(first).toMatch(
    /You have written a container:\n┌─+┐\n│ 01 {2}a command[\s\S]*│ 10 {2}its own/,
  )
  const last = steps().at(-1) as string
  const second = textOf(state({ step: last, judgement: judged(last, true) }))
  expect(second).toMatch(/And the wall around it:[\s\S]*│ 11 {2}[\s\S]*│ 14 {2}root inside/)
  expect(textOf(state({ judgement: judged('07-cgroups', true) }))).not.toMatch(/┌/)
})

describe('wrapped', () => {
  test('letters that are two columns wide, and emoji, fit into the width', () => {
    const text = '容器就是一个进程 👩‍👩‍👧‍👦👩‍👩‍👧‍👦 sees a smaller world'
    expect(wrap(text, 10)).toEqual([
      '容器就是一',
      '个进程',
      '👩‍👩‍👧‍👦👩‍👩‍👧‍👦 sees',
      'a smaller',
      'world',
    ])
    expect([7, 6, 1, 0].map((width) => cut('容器就是', width))).toEqual([
      '容器就…',
      '容器…',
      '…',
      '',
    ])
  })

  test('a line keeps its indentation', () => {
    expect(wrap('  one two three', 10)).toEqual(['  one two', '  three'])
  })

  // As Node points at a column of a long source line.
  test.each([8, 9, 69, 70])(
    'to %i, an indentation that is wider leaves room for the rest',
    (width) => {
      const lines = wrap(`${' '.repeat(70)}^ here`, width)
      expect(lines.map((line) => line.trimStart()).join(' ')).toMatch(/\^ ?here$/)
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
      expect(lines).not.toContain('')
    },
  )
})
