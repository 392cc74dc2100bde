// Tries each way out of the containers of step 10 and of part two: the outcome is what the guide's
// table says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostUnchanged } from '../harness/host'
import { Target } from '../harness/target'
import { canBeOrdinary, ordinaryUser } from '../harness/user'
import { type Lab, openLab } from './lab'
import { outcomeOf, triedFrom, triedRootless } from './probe'
import { probes } from './probes'

const rootless = triedRootless().filter((step) => canBeOrdinary(Target.step(step).main))
const all = [
  ...triedFrom().map((step) => ({ step, who: 'root', user: 0 })),
  ...rootless.map((step) => ({ step, who: 'an ordinary user', user: ordinaryUser() })),
]

describe.each(all)('$step, as $who', ({ step, user }) => {
  let lab: Lab

  beforeAll(async () => {
    lab = await openLab(step, user)
  })

  afterAll(() => lab?.target.close())

  for (const probe of probes) {
    const expected = outcomeOf(probe, step)
    test(`${expected}: ${probe.name}`, async () => {
      const { outcome, seen } = await probe.try(lab)
      // What the host doesn't have, the container can't have either.
      expect(outcome === 'absent' ? expected : outcome, seen).toBe(expected)
    })
  }

  test('the probes leave the host as it was', async () => {
    await lab.target.settle()
    await hostUnchanged(lab.before, [], lab.host)
  })
})
