// From a claim that doesn't hold to the mistake behind it.
import { readFileSync } from 'node:fs'
import { HarnessError } from '../../../test/harness/claim'
import { at } from '../../setup/project.mjs'
import type { Cause, Lines } from './cause'
import { inRun } from './causes/in-run'
import type { Failure } from '../judgement'
import type { Scene } from './scene'

/** A step's known mistakes, or those of a program that doesn't `start`. Evidence goes first. */
export function causesOf(step: string): Cause[] {
  const { causes } = require(`./causes/${step}`) as { causes: Cause[] }
  const isStep = /^\d/.test(step)
  const proven = [...(isStep ? [inRun] : []), ...causes.filter(({ evidence }) => evidence)]
  return [...proven, ...causes.filter(({ evidence }) => !evidence)]
}

/** The first known mistake that the evidence proves; the last one of each claim needs no proof. */
export async function explain(
  scene: Scene,
  step: string,
  claim: string,
  found: { expected: string; seen: string },
): Promise<Failure> {
  const error = scene.error && { error: scene.error }
  for (const cause of causesOf(step).filter(({ of }) => !of || of.test(claim))) {
    const evidence = cause.evidence ? await proof(cause, scene, found.seen) : ''
    if (evidence === undefined) continue
    const { id, usually, look, call, lines } = cause
    const hints = [look, call, ...(lines ? [reference(lines, scene.step)] : [])]
    return { ...found, ...error, cause: id, ...(evidence && { evidence }), usually, hints }
  }
  return { ...found, ...error, cause: 'unknown', usually: 'nothing that is known here', hints: [] }
}

/** Evidence is looked for once, unless it's what the claim itself saw. */
function proof(cause: Cause, scene: Scene, seen: string): Promise<string | undefined> {
  if (cause.evidence?.length === 2) return look(cause, scene, seen)
  const known = scene.evidence.get(cause.id) ?? look(cause, scene, seen)
  scene.evidence.set(cause.id, known)
  return known
}

/** A program that gives no container to look at is no evidence; a failing judge isn't either. */
async function look(cause: Cause, scene: Scene, seen: string): Promise<string | undefined> {
  try {
    return (await cause.evidence?.(scene, seen)) || undefined
  } catch (error) {
    if (error instanceof HarnessError) throw error
    return undefined
  }
}

/** The last hint is read from the reference, so it is never out of date. */
function reference({ step, file = 'main.ts', pattern }: Lines, judged: string): string {
  const lines = readFileSync(at('steps', step, file), 'utf8').split('\n')
  const found = lines.filter((line) => pattern.test(line))
  const all = `npm run diff -- mine ${Number.parseInt(judged, 10)}`
  const title = `the reference, steps/${step}/${file}, has (${all} shows everything):`
  return [title, ...found.map((line) => `  ${line.trim()}`)].join('\n')
}
