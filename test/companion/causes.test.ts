// The explanations: each claim has one, and none points at something that isn't there.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { START } from '../../tools/companion/judgement'
import { at, root } from '../../tools/setup/project.mjs'

/** A known mistake, as far as it can be written as JSON. */
type Known = { id: string; of?: string; needsEvidence: boolean; lines?: Lines }
type Lines = { step: string; file?: string; pattern: string }

// As the judge reads it: by tsx, and without vitest.
const script = `
  const { steps } = require('./tools/setup/steps.mjs')
  const { causesOf } = require('./tools/companion/judge/explain')
  const { claimsOf } = require('./tools/companion/judge/judge')
  const known = ({ id, of, evidence, lines }) => ({
    id,
    of: of?.source,
    needsEvidence: Boolean(evidence),
    lines: lines && { ...lines, pattern: lines.pattern.source },
  })
  const claims = Object.fromEntries(steps().map((step) => [step, claimsOf(step).map((one) => one.name)]))
  const names = ['start', 'shell', ...steps()]
  const causes = Object.fromEntries(names.map((name) => [name, causesOf(name).map(known)]))
  console.log(JSON.stringify({ claims, causes }))
`

const argv = ['--require', 'tsx/cjs', '--eval', script]
const text = execFileSync(process.execPath, argv, { cwd: root, encoding: 'utf8' })

/** A step's claims, and the mistakes behind them. `start` and `shell` have no claims. */
const { claims, causes } = JSON.parse(text) as {
  claims: Record<string, string[]>
  causes: Record<string, Known[]>
}

const claimsOf = (step: string) => (/^s/.test(step) ? [START] : (claims[step] as string[]))
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
