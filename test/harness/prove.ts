// The one place that turns claims into vitest tests.
/// <reference types="vitest/globals" />
import { HarnessError, isLeftOut } from './claim'
import { steps, Target } from './target'

/** Something a container must be, provable from outside, by which any program can be judged. */
export type Claim = {
  /** What holds if `check` doesn't throw. */
  name: string
  /** Throws an AssertionError that says what was expected and what was seen. */
  check(target: Target): Promise<void>
  /** Holds on the step before too, so it doesn't show what the step teaches. */
  always?: boolean
  /** True of this step alone: a later step makes it false. */
  only?: boolean
  /**
   * How many containers it starts, or takes as long as, if it can do without the shared one: the
   * judge checks it beside the others.
   */
  starts?: number
  /** Why this machine can't check it on this program, if it can't: it is left out then. */
  impossible?(main: string): string | undefined
}

/** The program to judge instead of the steps: `CONTAINER_MAIN=some/main.ts npm test -- 03`. */
export const givenMain = process.env.CONTAINER_MAIN

/**
 * Where a claim is tested. By default on its own step and the last one, and it must fail on the
 * step before. `own`: only on its own step. `rest`: on the other later steps. `all`: everywhere.
 */
const where = process.env.TEST_STEPS ?? ''

/** The targets on which the claims of this step must hold. */
function targetsOf(step: string): Target[] {
  if (givenMain) return [new Target(givenMain)]
  const later = steps().filter((name) => name > step)
  const names = {
    all: [step, ...later],
    own: [step],
    rest: later.slice(0, -1),
  }[where] ?? [step, ...later.slice(-1)]
  return names.map(Target.step)
}

/**
 * Makes the tests of one step: its claims hold there and later, and fail on the step before.
 * Without vitest, as when the companion reads the claims, it does nothing.
 */
export function prove(step: string, claims: Claim[]): void {
  if (!('describe' in globalThis)) return
  for (const target of targetsOf(step)) {
    const isOwn = givenMain !== undefined || target.name.startsWith(`steps/${step}/`)
    describe(`${step} on ${target.name}`, () => {
      afterAll(() => target.close())
      for (const claim of claims.filter(({ only }) => isOwn || !only))
        test.skipIf(isLeftOut(claim.impossible?.(target.main)))(claim.name, () =>
          claim.check(target),
        )
    })
  }
  if (!givenMain && ['', 'all'].includes(where)) disprove(step, claims)
}

/** A claim that holds on the step before already proves nothing. */
function disprove(step: string, claims: Claim[]): void {
  const before = steps()
    .filter((name) => name < step)
    .at(-1)
  const lesson = claims.filter(({ always }) => !always)
  if (before === undefined || lesson.length === 0) return
  const target = Target.step(before)
  describe(`${step} not yet on ${target.name}`, () => {
    afterAll(() => target.close())
    for (const claim of lesson)
      test.skipIf(isLeftOut(claim.impossible?.(target.main)))(`not: ${claim.name}`, async () => {
        const failure = await failureOf(claim, target)
        if (process.env.SHOW_FAILURES) console.log(`${target.name}, ${claim.name}\n${failure}`)
        expect(failure).toMatch(/^expected: .*\n +seen: /)
      })
  })
}

/** The words with which a claim fails. A test that couldn't be made is no such failure. */
async function failureOf(claim: Claim, target: Target): Promise<string> {
  try {
    await claim.check(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ASSERTION') return (error as Error).message
    throw error
  }
  throw new HarnessError(
    `"${claim.name}" holds on ${target.name} already: it proves nothing about its step`,
  )
}
