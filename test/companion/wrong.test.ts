// Mistakes that learners make: none passes, and each gets an explanation that fits.
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allOf, type Failure, type Judgement, troubles } from '../../tools/companion/judgement'
import { hasIPv6 } from '../harness/host'
import { mountinfo } from '../harness/proc'
import { canBeOrdinary } from '../harness/user'
import { HANG } from '../harness/waiting'
import { repository } from '../harness/work'
import { chosen, useJudge } from './use-judge'
import { type Wrong, wrongs } from './wrong'

const { program, judge } = useJudge()

/** What a wrong program could have done to this machine. */
const machine = () => ({
  renamed: hostname() === 'container',
  mounts: mountinfo('self')
    .split('\n')
    .filter((line) => /mytemp|companion-test| \/(proc|dev|sys)(\/\S*)? /.test(line)),
})

/** Whether all before the first failure have been judged: they could have failed as well. */
function isFirstKnown(judgement: Judgement): boolean {
  const all = allOf(judgement)
  const before = all.slice(
    0,
    Math.max(
      0,
      all.findIndex(({ failure }) => failure),
    ),
  )
  return before.every(({ holds, unjudged }) => holds !== undefined || unjudged !== undefined)
}

/** The first failure in the order of the claims; what comes behind it isn't waited for. */
async function firstFailure({ step, edits, finding }: Wrong): Promise<Failure | undefined> {
  const enough = new AbortController()
  let first: Failure | undefined
  const look = (judgement: Judgement) => {
    if (isFirstKnown(judgement)) first = troubles(judgement)[0]?.failure
    const said = judgement.findings?.map(({ file, line, message }) => `${file}:${line} ${message}`)
    const isSaid = !finding || finding.test(said?.join('\n') ?? '')
    if (first && isSaid) enough.abort()
  }
  const asked = { main: program.write(step, edits, finding !== undefined), step, only: true }
  const judgement = await judge().judge(asked, look, enough.signal)
  expect(judgement, 'a judgement that was ended early').toBeUndefined()
  return first
}

const possible = chosen(wrongs).filter(
  ({ ordinary, ipv6 }) =>
    (!ordinary || canBeOrdinary(join(repository, 'package.json'))) && (!ipv6 || hasIPv6),
)

test.each(possible.map((wrong) => [wrong.name, wrong] as const))(
  '%s',
  async (_, wrong) => {
    const before = machine()
    const failure = await firstFailure(wrong)
    expect([wrong.cause].flat()).toContain(failure?.cause)
    expect(failure?.evidence ?? '').toMatch(wrong.evidence)
    expect(failure?.hints.length).toBeGreaterThanOrEqual(2)
    expect(machine()).toEqual(before)
  },
  20 * HANG,
)
