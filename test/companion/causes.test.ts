// The explanations: each claim has one, and none points at something that isn't there.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { START } from '../../tools/companion/judgement'
import { at } from '../../tools/setup/project.mjs'
import { causes, claims } from './knowledge'

const claimsOf = (step: string) => (step === 'start' ? [START] : (claims[step] as string[]))
const names = Object.keys(causes)
const isOf = ({ of }: { of?: string }, claim: string) => !of || new RegExp(of).test(claim)

describe('each claim has an explanation that needs no evidence', () => {
  const all = names.flatMap((step) => claimsOf(step).map((claim) => [step, claim] as const))
  test.each(all)('%s: %s', (step, claim) => {
    const left = causes[step]?.filter((cause) => !cause.needsEvidence && isOf(cause, claim))
    expect(left).not.toEqual([])
  })
})

describe('each explanation is about a claim, and its last hint finds lines in the reference', () => {
  const all = names.flatMap((step) => (causes[step] ?? []).map((cause) => [step, cause] as const))
  test.each(all.map(([step, cause]) => [step, cause.id, cause] as const))(
    '%s: %s',
    (step, _, cause) => {
      expect(claimsOf(step).filter((claim) => isOf(cause, claim))).not.toEqual([])
      if (!cause.lines) return
      const { step: of, file = 'main.ts', pattern } = cause.lines
      const lines = readFileSync(at('steps', of, file), 'utf8').split('\n')
      const found = lines.filter((line) => new RegExp(pattern).test(line)).length
      expect(found).toBeGreaterThan(0)
      expect(found).toBeLessThanOrEqual(8)
    },
  )
})
