import type { Scene } from './scene'

/** Lines of the reference, found by a pattern. */
export type Lines = { step: string; file?: string; pattern: RegExp }

/** A mistake that learners make, and how to tell it from others. */
export type Cause = {
  /** Its name: no two mistakes have the same. */
  id: string
  /** The properties that can fail because of it. */
  of: RegExp
  /**
   * What speaks for it, in a sentence; nothing when nothing does. Without this function it is what remains when no other
   * mistake was found. `seen` is what the property saw.
   */
  evidence?(
    scene: Scene,
    seen: string,
  ): Promise<string | false | undefined> | string | false | undefined
  /** What usually is the matter. */
  usually: string
  /** The first hint: how to see it with one's own eyes. */
  look: string
  /** The second: which call, and where to read about it. */
  call: string
  /** The third: what the reference has. */
  lines?: Lines
}
