// What a test says about a program: its claims, and what was seen where one doesn't hold.
import { AssertionError } from 'node:assert'

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

/** Whether there's a reason to leave tests out; prints it. */
export function isLeftOut(why: string | undefined): boolean {
  if (why) console.log(`some tests are left out: ${why}`)
  return why !== undefined
}
