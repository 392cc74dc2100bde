// A few of the runs that `npm run test:chaos` makes, with another seed each time.
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { chaos } from './chaos'

test('30 containers killed at random instants leave nothing', async () => {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(1, 2 ** 31))
  console.log(`seed ${seed}; again with CHAOS_SEED=${seed}`)
  expect(await chaos({ runs: 30, parallel: 4, seed })).toEqual([])
})
