// Tries each way out of the last step's container: the outcome is what the guide's table says.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostUnchanged } from '../harness/host'
import { type Lab, openLab } from './lab'
import { probes } from './probes'

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
})

afterAll(() => lab?.target.close())

for (const probe of probes) {
  test(`${probe.outcome}: ${probe.name}`, async () => {
    const { outcome, seen } = await probe.try(lab)
    // What the host doesn't have, the container can't have either.
    expect(outcome === 'absent' ? probe.outcome : outcome, seen).toBe(probe.outcome)
  })
}

test('the probes leave the host as it was', async () => {
  await lab.target.settle()
  await hostUnchanged(lab.before, [], lab.host)
})
