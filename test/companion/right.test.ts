// Programs in another style than the reference's: each holds.
import { expect, test } from 'vitest'
import { allOf } from '../../tools/companion/judgement'
import { HANG } from '../harness/waiting'
import { chosen, useJudge } from './use-judge'
import { rights } from './right'
import { styles } from './styles'

const { program, judge } = useJudge()

test.each(chosen([...rights, ...styles]).map((right) => [right.name, right] as const))(
  '%s',
  async (_, { step, edits, files }) => {
    const main = program.write(step, edits, true, files)
    const judgement = await judge().judge({ main, step })
    const others = judgement && allOf(judgement).filter(({ holds }) => !holds)
    expect(others).toEqual([])
    expect(judgement?.findings).toEqual([])
    expect(judgement?.holds).toBe(true)
  },
  20 * HANG,
)
