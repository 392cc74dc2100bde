// What the judge knows, read as the judge reads it: by tsx, and without vitest.
import { execFileSync } from 'node:child_process'
import { root } from '../../tools/setup/project.mjs'

/** A known mistake, as far as it can be written as JSON. */
type Known = { id: string; of?: string; needsEvidence: boolean; lines?: Lines }
type Lines = { step: string; file?: string; pattern: string }

const script = `
  const { steps } = require('./tools/setup/steps.mjs')
  const { causesOf, claimsOf } = require('./tools/companion/judge/parts')
  const known = ({ id, of, evidence, lines }) => ({
    id,
    of: of?.source,
    needsEvidence: Boolean(evidence),
    lines: lines && { ...lines, pattern: lines.pattern.source },
  })
  const claims = Object.fromEntries(steps().map((step) => [step, claimsOf(step).map((one) => one.name)]))
  const names = ['start', ...steps()]
  const causes = Object.fromEntries(names.map((name) => [name, causesOf(name).map(known)]))
  console.log(JSON.stringify({ claims, causes }))
`

const argv = ['--require', 'tsx/cjs', '--eval', script]
const text = execFileSync(process.execPath, argv, { cwd: root, encoding: 'utf8' })

/** The names of a step's claims, and the mistakes behind them; `start` has mistakes only. */
export const { claims, causes } = JSON.parse(text) as {
  claims: Record<string, string[]>
  causes: Record<string, Known[]>
}
