import type { Scene } from './scene'

type Evidence = string | false | undefined

/** Lines of the reference, found by a pattern. */
export type Lines = { step: string; file?: string; pattern: RegExp }

/** A mistake that learners make, and how to tell it from others. */
export type Cause = {
  /** Its name; no other mistake has it. */
  id: string
  /** The claims of its step that can fail because of it; any of them by default. */
  of?: RegExp
  /**
   * A sentence that proves it, or nothing if it's something else. A cause without this function is
   * what remains when nothing else is proven. `seen` is what the claim saw.
   */
  evidence?(scene: Scene, seen: string): Promise<Evidence> | Evidence
  /** What is usually wrong. */
  usually: string
  /** The first hint: how to see it for yourself. */
  look: string
  /** The second: which call, and where to read about it. */
  call: string
  /** The third: what the reference does. */
  lines?: Lines
}
