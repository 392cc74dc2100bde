// The claims by which a program is judged: those of the steps' own tests, each found by the step's name.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Claim } from '../../../test/harness/claim'
import { repository } from '../../../test/harness/work'

const require = createRequire(import.meta.url)

/** What the test of a step claims, except what is true of that step alone: learners may be ahead of it. */
export function claimsOf(step: string): Claim[] {
  const { claims } = require(join(repository, 'test', `${step}.test.ts`)) as { claims: Claim[] }
  return claims.filter(({ only }) => !only)
}
