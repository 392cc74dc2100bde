// What a test says about a program: its claims, and what was seen where one doesn't hold.
import { AssertionError } from 'node:assert'
import type { Target } from './target'

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
  /** Milliseconds until it counts as failed. */
  within?: number
}

/** Throws if it doesn't hold: what was expected and what was seen, in words for people. */
export function claim(holds: boolean, expected: string, seen: string): asserts holds {
  if (holds) return
  throw new AssertionError({
    message: `expected: ${expected}\n    seen: ${seen}`,
    expected,
    actual: seen,
    operator: 'claim',
    stackStartFn: claim,
  })
}

/** A test that couldn't be made: no verdict about the program. */
export class HarnessError extends Error {
  override name = 'HarnessError'
}

/** What a program wrote, short enough for a message. */
export function quote(text: string | Buffer): string {
  const s = text.toString().trim()
  if (s === '') return 'nothing'
  return JSON.stringify(s.length > 400 ? `${s.slice(0, 200)} … ${s.slice(-200)}` : s)
}
