// The one place which turns properties into vitest tests.
import { afterAll, describe, expect, test } from 'vitest'
import type { Property } from '../properties/property'
import { HarnessError } from './say'
import { slowness } from './slowness'
import { steps, Target } from './target'

/** The program to be judged instead of the steps: `CONTAINER_MAIN=some/main.ts npm test -- 03`. */
export const givenMain = process.env.CONTAINER_MAIN

/** Each property on the step that teaches it and on no other, where time is short: `ONLY_OWN_STEP=1`. */
const onlyOwnStep = process.env.ONLY_OWN_STEP === '1'

/** The targets on which a property of this step must hold: the given program, or the step and all that come after. */
function targetsFrom(step: string): Target[] {
  if (givenMain) return [new Target(givenMain)]
  return steps()
    .filter((name) => (onlyOwnStep ? name === step : name >= step))
    .map(Target.step)
}

/** Registers the tests of one step: its properties hold there and later, and fail on the step before. */
export function prove(step: string, properties: Property[]): void {
  const there = steps()
  if (!givenMain && !there.includes(step)) {
    test(`steps/${step} exists`, () => expect(there).toContain(step))
    return
  }

  for (const target of targetsFrom(step)) {
    describe(target.name, () => {
      afterAll(() => target.close())
      for (const property of properties) {
        test(property.name, () => property.check(target), within(property))
      }
    })
  }

  const before = there[there.indexOf(step) - 1]
  const lesson = properties.filter((property) => !property.always)
  if (givenMain || onlyOwnStep || before === undefined || lesson.length === 0) return
  const target = Target.step(before)
  describe(`${target.name}, the step before, does not have it yet`, () => {
    afterAll(() => target.close())
    for (const property of lesson) {
      test(
        `not: ${property.name}`,
        async () => {
          const failure = await failureOf(property, target)
          if (process.env.SHOW_FAILURES) console.log(`${target.name}, ${property.name}\n${failure}`)
          expect(failure).toMatch(/^expected: .*\n +seen: /)
        },
        within(property),
      )
    }
  })
}

const within = (property: Property) => property.within && property.within * slowness

/** The words with which a property fails; a test that could not be made is no such failure. */
async function failureOf(property: Property, target: Target): Promise<string> {
  try {
    await property.check(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ASSERTION') return (error as Error).message
    throw error
  }
  throw new HarnessError(
    `"${property.name}" holds on ${target.name} already: it proves nothing about its step`,
  )
}
