// Claims are shared out to lanes: which one is judged where depends on nothing that can vary.
import { expect, test } from 'vitest'
import { shared, type Task } from '../../tools/companion/judge/plan'

const task = (name: string, starts?: number): Task => ({
  step: '03-pid',
  claim: { name, check: async () => {}, starts },
  property: { name },
})
const names = (lists: Task[][]) => lists.map((list) => list.map(({ claim }) => claim.name))

const tasks = [task('a'), task('b', 1), task('c', 3), task('d'), task('e', 2), task('f', 1)]

test('those that ask the shared container have a lane; the longest of the others are shared out first', () => {
  expect(names(shared(tasks, 3))).toEqual([
    ['a', 'd'],
    ['c', 'f'],
    ['b', 'e'],
  ])
})

test('no more lanes than there is work', () => {
  expect(names(shared([task('a'), task('b', 1)], 4))).toEqual([['a'], ['b']])
  expect(names(shared([task('a')], 4))).toEqual([['a']])
})
