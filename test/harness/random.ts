import { randomInt } from 'node:crypto'

/**
 * Where random tests begin: `npm test` repeats itself, so that its verdict is about the code alone;
 * `npm run test:all` tries something new each time. FUZZ_SEED makes what an earlier run made.
 */
export const SEED = Number(
  process.env.FUZZ_SEED ?? (process.env.TEST_STEPS === 'all' ? randomInt(2 ** 31) : 1),
)

/** Pseudo-random numbers from 0 to 1, the same for the same seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
