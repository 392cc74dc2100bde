// Mistakes that learners make: none passes, and each gets an explanation that fits.
import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Judge } from '../../tools/companion/client'
import { type Failure, type Judgement, troubles } from '../../tools/companion/judgement'
import { mountinfo } from '../harness/proc'
import { HANG } from '../harness/waiting'
import { Programs } from './programs'
import { others, ten, type Wrong } from './wrong'

const programs = new Programs()
let judge: Judge

beforeAll(async () => {
  judge = await Judge.start()
})
afterAll(async () => {
  await judge.close()
  programs.remove()
})

/** What a wrong program could have done to this machine. */
const machine = () => ({
  renamed: hostname() === 'container',
  mounts: mountinfo('self')
    .split('\n')
    .filter((line) => /mytemp|companion-test| \/(proc|dev|sys)(\/\S*)? /.test(line)),
})

/** The first failure; the rest isn't waited for. */
async function firstFailure(wrong: Wrong): Promise<Failure | undefined> {
  const enough = new AbortController()
  let first: Failure | undefined
  const look = (judgement: Judgement) => {
    first ??= troubles(judgement)[0]?.failure
    if (first) enough.abort()
  }
  const asked = { main: programs.wrong(wrong), step: wrong.step, only: true }
  const judgement = await judge.judge(asked, look, enough.signal)
  expect(judgement?.holds).not.toBe(true)
  return first
}

function explained(wrong: Wrong): void {
  test(
    wrong.name,
    async () => {
      const before = machine()
      const failure = await firstFailure(wrong)
      expect(failure).toMatchObject({
        cause: wrong.cause,
        evidence: expect.stringMatching(wrong.evidence),
      })
      expect(failure?.hints.length).toBeGreaterThanOrEqual(2)
      expect(machine()).toEqual(before)
    },
    20 * HANG,
  )
}

describe('the usual ten', () => {
  for (const wrong of ten) explained(wrong)

  test('each has an explanation that no other has', () => {
    expect(new Set(ten.map(({ cause }) => cause)).size).toBe(10)
  })
})

describe('others', () => {
  for (const wrong of others) explained(wrong)
})
