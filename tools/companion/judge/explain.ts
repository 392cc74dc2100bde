// From a property that does not hold to the mistake behind it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../../test/harness/work'
import type { Cause, Lines } from './cause'
import { causes } from './causes'
import type { Failure } from './protocol'
import type { Scene } from './scene'

/** The first known mistake that the evidence speaks for; each property has one at the end that needs none. */
export async function explain(
  scene: Scene,
  property: string,
  found: { expected: string; seen: string },
): Promise<Failure> {
  for (const cause of causes.filter(({ of }) => of.test(property))) {
    const evidence = cause.evidence ? await seen(cause, scene, found.seen) : ''
    if (evidence === undefined) continue
    const { id, usually, look, call, lines } = cause
    const hints = [look, call, ...(lines ? [reference(lines, scene.step)] : [])]
    return { ...found, cause: id, ...(evidence && { evidence }), usually, hints }
  }
  return { ...found, cause: 'unknown', usually: 'nothing that is known here', hints: [] }
}

/** Evidence is looked for once, unless it is what the property itself saw. */
function seen(cause: Cause, scene: Scene, property: string): Promise<string | undefined> {
  if (cause.evidence?.length === 2) return look(cause, scene, property)
  const known = scene.evidence.get(cause.id) ?? look(cause, scene, property)
  scene.evidence.set(cause.id, known)
  return known
}

/** A look at a container that cannot be had is no evidence. */
async function look(cause: Cause, scene: Scene, property: string): Promise<string | undefined> {
  try {
    return (await cause.evidence?.(scene, property)) || undefined
  } catch {
    return undefined
  }
}

/** The last hint: how the reference does it. Taken from it, so that it is never out of date. */
function reference({ step, file = 'main.ts', pattern }: Lines, judged: string): string {
  const lines = readFileSync(join(repository, 'steps', step, file), 'utf8').split('\n')
  const found = lines.filter((line) => pattern.test(line))
  const where = `the reference, steps/${step}/${file}, has (npm run diff -- mine ${Number.parseInt(judged, 10)} for all of it):`
  return [where, ...found.map((line) => `  ${line.trim()}`)].join('\n')
}
