// A little of what `npm run test:load` does.
import { expect, test } from 'vitest'
import { judge, runAtOnce, startMany } from './load'

test('60 containers in a row and 8 at once cost the program that starts them nothing', async () => {
  const options = { sequential: 60, parallel: 8 }
  // So few starts say nothing about a cost that grows.
  expect(judge(await startMany(options), options, false)).toEqual([])
})

test('8 runs of the last step at once all end well, and leave nothing', async () => {
  expect(await runAtOnce(8)).toEqual([])
})
