// The verdict on one claim, and the errors that keep claims from being judged.
import { setTimeout } from 'node:timers/promises'
import { HarnessError } from '../../../test/harness/claim'
import type { Claim } from '../../../test/harness/prove'
import { HANG } from '../../../test/harness/waiting'
import { type Judgement, NO_ERROR, type Property, START, type Verdict } from '../judgement'
import { explain } from './explain'
import type { Lane } from './lane'
import { Scene } from './scene'

/**
 * The verdict on one claim. What claims of other steps have left in the shared container mustn't
 * count against it: if it fails there, it is judged in a new one.
 */
export async function verdictOn(
  claim: Claim,
  step: string,
  lane: Lane,
  judgement: Judgement,
): Promise<Verdict> {
  if (lane.begunBy !== step) {
    if (lane.isSound && lane.target.hasLive && (await holds(claim, lane))) return { holds: true }
    lane.signal.throwIfAborted()
    await lane.target.endLive()
    lane.begunBy = step
    lane.isSound = true
  }
  const verdict = await judged(claim, step, lane, judgement)
  lane.isSound &&= verdict.holds === true
  return verdict
}

/** A claim that couldn't be tested, or hangs, says nothing about the program. */
async function judged(
  claim: Claim,
  step: string,
  lane: Lane,
  judgement: Judgement,
): Promise<Verdict> {
  try {
    const why = claim.impossible?.(lane.target.main)
    if (why) return { holds: true, unjudged: why }
    await check(claim, lane)
    return { holds: true }
  } catch (error) {
    lane.signal.throwIfAborted()
    try {
      const why = await ownError(error as Error, step, lane, judgement)
      return why ? { unjudged: why } : await explained(error as Error, claim, step, lane.scene)
    } catch (error) {
      if (error instanceof HarnessError) return { unjudged: error.message }
      throw error
    }
  }
}

async function holds(claim: Claim, lane: Lane): Promise<boolean> {
  if (claim.impossible?.(lane.target.main)) return false
  try {
    await check(claim, lane)
    return true
  } catch {
    lane.errors.next() // it comes again
    return false
  }
}

async function check(claim: Claim, { target, errors }: Lane): Promise<void> {
  await Promise.race([claim.check(target), hang()])
  errors.next()
}

async function hang(): Promise<never> {
  const seconds = (5 * HANG) / 1000
  await setTimeout(seconds * 1000, undefined, { ref: false })
  throw new HarnessError(`there was no answer within ${seconds} seconds`)
}

/**
 * If an error ended the program, that is said once, and the claim isn't judged: it asked about
 * something else. Claims that share a container share its error too.
 */
async function ownError(
  thrown: Error,
  step: string,
  { target, errors, known }: Lane,
  judgement: Judgement,
): Promise<string | undefined> {
  const error = errors.next()
  if (known.has(thrown)) return known.get(thrown)
  if (thrown instanceof HarnessError) throw thrown
  const isDeaf = noShell.test(thrown.message)
  if (!error && !isDeaf) return undefined
  const scene = new Scene(target, judgement.step, error)
  const found = { expected: 'a container that does what it was asked for', seen: thrown.message }
  const failure = await explain(scene, error ? 'start' : 'shell', START, found)
  judgement.errors = merged(judgement, { step, name: NO_ERROR, holds: false, failure })
  const why = error
    ? `the program failed: ${error.message.split('\n')[0]}`
    : 'there is no container to look at'
  known.set(thrown, why)
  return why
}

const noShell = /^expected: a shell in the container that answers to `echo up`/

/** Adds an error, unless it's the same as another; those of the step at hand come first. */
function merged({ errors = [], step }: Judgement, found: Property & { step: string }) {
  const key = ({ failure }: Property) =>
    `${failure?.cause} ${failure?.error?.message.replaceAll(/\d+/g, '0')}`
  const rank = (one: { step: string }) => (one.step === step ? '' : one.step)
  const same = errors.find((one) => key(one) === key(found))
  const kept =
    same && rank(same) <= rank(found) ? errors : [...errors.filter((one) => one !== same), found]
  return kept.sort((a, b) => rank(a).localeCompare(rank(b)))
}

async function explained(
  { message }: Error,
  { name }: Claim,
  step: string,
  scene: Scene,
): Promise<Verdict> {
  const [, expected = name, seen = message] =
    /^expected: ([\s\S]*?)\n +seen: ([\s\S]*)$/.exec(message) ?? []
  return { holds: false, failure: await explain(scene, step, name, { expected, seen }) }
}
