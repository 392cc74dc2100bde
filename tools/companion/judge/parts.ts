// What the judge finds by a step's name: the claims of its test, and the mistakes behind failures.
import type { Claim } from '../../../test/harness/prove'
import { at } from '../../setup/project.mjs'
import type { Cause } from './cause'

/** What a step's test claims, except what holds on that step alone: a learner may be ahead. */
export function claimsOf(step: string): Claim[] {
  const { claims } = require(at('test', `${step}.test.ts`)) as { claims: Claim[] }
  return claims.filter(({ only }) => !only)
}

/** A step's known mistakes, or those of a program that doesn't `start`. Evidence goes first. */
export function causesOf(step: string): Cause[] {
  const { causes } = require(`./causes/${step}`) as { causes: Cause[] }
  const proven = causes.filter(({ evidence }) => evidence)
  return [...proven, ...causes.filter(({ evidence }) => !evidence)]
}
