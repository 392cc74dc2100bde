import type { Target } from '../lib/target'

/** Something a container must be, provable from the outside, by which any program can be judged. */
export type Property = {
  /** A claim: what holds when `check` does not throw. */
  name: string
  /** Throws an AssertionError which says what was expected and what was seen. */
  check(target: Target): Promise<void>
  /** Holds on the step before too, so it does not show what the step teaches. */
  always?: boolean
  /** Milliseconds until it counts as failed; 30,000 by default. */
  within?: number
}
