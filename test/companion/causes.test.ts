// The explanations themselves: there is one for whatever fails, and none points at something that is not there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { causes } from '../../tools/companion/judge/causes'
import { claimsOf } from '../../tools/companion/judge/claims'
import { START } from '../../tools/companion/judge/protocol'
import { goal } from '../../tools/companion/goals'
import { steps } from '../harness/target'
import { repository } from '../harness/work'

const properties = [START, ...steps().flatMap((step) => claimsOf(step).map(({ name }) => name))]

describe('each property has an explanation that needs no evidence', () => {
  test.each(properties)('%s', (property) => {
    expect(
      causes.filter((cause) => !cause.evidence && cause.of.test(property)).map(({ id }) => id),
    ).not.toEqual([])
  })
})

describe('each explanation', () => {
  test.each(causes.map((cause) => [cause.id, cause] as const))(
    '%s is about some property, and its last hint finds lines in the reference',
    (_, cause) => {
      expect(properties.filter((property) => cause.of.test(property))).not.toEqual([])
      if (cause.lines) {
        const { step, file = 'main.ts', pattern } = cause.lines
        const lines = readFileSync(join(repository, 'steps', step, file), 'utf8').split('\n')
        const found = lines.filter((line) => pattern.test(line)).length
        expect(found).toBeGreaterThan(0)
        expect(found).toBeLessThanOrEqual(8)
      }
    },
  )
})

test('each step has properties', () => {
  expect(steps().filter((step) => claimsOf(step).length === 0)).toEqual([])
})

test('each step has a goal, in README.md', () => {
  expect(steps().filter((step) => goal(step) === '')).toEqual([])
})
