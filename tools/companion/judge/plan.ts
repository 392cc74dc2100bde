// Which claims are judged where: side by side, and in the same order each time.
import { availableParallelism } from 'node:os'
import type { Claim } from '../../../test/harness/prove'
import type { Property } from '../judgement'

export type Task = { step: string; claim: Claim; property: Property }

/**
 * On how many hosts claims are judged side by side: the first has the shared container. More than
 * there are CPUs, because the kernel lets each wait now and then.
 */
export const LANES = Math.min(8, availableParallelism() + 4)

/**
 * A claim that starts its own containers goes to the lane with the least to do, the longest first.
 * Each lane keeps to the order of the test, the simplest first. How fast they are changes nothing:
 * a program is judged in the same order each time.
 */
export function shared(tasks: Task[], most = LANES): Task[][] {
  const weight = ({ claim }: Task) => claim.starts ?? 0
  const lists = [{ tasks: tasks.filter((task) => !weight(task)), sum: 0 }]
  const own = tasks.filter(weight).sort((a, b) => weight(b) - weight(a))
  const rest = Array.from({ length: Math.min(most - 1, own.length) }, () => ({
    tasks: [] as Task[],
    sum: 0,
  }))
  for (const task of own) {
    const least = rest.reduce((a, b) => (b.sum < a.sum ? b : a))
    least.tasks.push(task)
    least.sum += weight(task)
  }
  const inOrder = (a: Task, b: Task) => tasks.indexOf(a) - tasks.indexOf(b)
  return [...lists, ...rest].map((lane) => lane.tasks.sort(inOrder))
}
