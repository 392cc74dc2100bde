// Judges one program by the claims of a step and all earlier ones, on hosts made for that: whatever
// the program does to its host, your machine stays as it was.
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { HarnessError } from '../../../test/harness/claim'
import { outcome } from '../../../test/harness/outcome'
import { descendants } from '../../../test/harness/proc'
import type { Claim } from '../../../test/harness/prove'
import { Target } from '../../../test/harness/target'
import { HANG } from '../../../test/harness/waiting'
import { newRoot } from '../../../test/harness/work'
import { at } from '../../setup/project.mjs'
import { steps } from '../../setup/steps.mjs'
import {
  allHold,
  allOf,
  type Asked,
  type Judgement,
  NO_ERROR,
  type Property,
  START,
  type Verdict,
} from '../judgement'
import { compile, forget } from './compiled'
import { Errors, ownWords } from './errors'
import { explain } from './explain'
import { type Outcome, Scene } from './scene'

type Job = {
  judgement: Judgement
  show: (judgement: Judgement) => void
  signal: AbortSignal
  /** Where its compiled files are. */
  compiled: string
}

/** A program on its host, and what has been found out about it there. */
type Stage = { target: Target; errors: Errors; scene: Scene; known: Map<unknown, string> }

/** What a step's test claims, except what holds on that step alone: a learner may be ahead. */
export function claimsOf(step: string): Claim[] {
  const { claims } = require(at('test', `${step}.test.ts`)) as { claims: Claim[] }
  return claims.filter(({ only }) => !only)
}

/** Judges by a step and those before it; `show` gets what is known so far. */
export async function judge(
  { main, step, only }: Asked,
  show: Job['show'],
  signal: AbortSignal,
): Promise<Judgement> {
  const names = steps().filter((name) => name === step || (name < step && !only))
  const unknown = (step: string) => claimsOf(step).map(({ name }) => ({ name }))
  const list = names.map((name) => ({ step: name, properties: unknown(name) }))
  const judgement: Judgement = { program: main, step, steps: list }
  show(judgement)
  const job = { judgement, show, signal, compiled: await compile(main) }
  try {
    // What you have just written comes first.
    if (await starts(job)) await judgeSteps([step, ...names.filter((name) => name !== step)], job)
  } finally {
    forget(job.compiled)
  }
  return { ...judgement, holds: allHold(allOf(judgement)) }
}

async function judgeSteps(queue: string[], job: Job): Promise<void> {
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await judgeStep(next, job)
  }
  await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, worker))
}

/** A target on its own host, ended at once when the judgement isn't wanted any more. */
async function onItsHost(
  { judgement, signal, compiled }: Job,
  act: (stage: Stage) => Promise<unknown>,
): Promise<void> {
  const target = new Target(judgement.program)
  target.variables = { CONTAINER_COMPILED: compiled }
  // What one judgement leaves in its rootfs mustn't count against another.
  target.rootfs = newRoot()
  const errors = new Errors(target)
  const stop = () => target.abandon()
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    await target.ownHost()
    const scene = new Scene(target, judgement.step)
    await act({ target, errors, scene, known: new Map() })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await target.close()
    errors.remove()
    rmSync(target.rootfs, { recursive: true, force: true })
  }
}

/** A program that runs no command can't be judged any further. */
async function starts(job: Job): Promise<boolean> {
  const { judgement, show } = job
  const command = ['/bin/sh', '-c', 'echo "it runs"']
  const words = `\`run ${command.slice(0, 2).join(' ')} '${command[2]}'\``
  await onItsHost(job, async ({ target, errors }) => {
    const ended = await runOnce(target, command)
    const holds = ended.status === 0 && ended.stdout.toString().split('\n').includes('it runs')
    const found = {
      expected: `${words} to write "it runs" and to exit with status 0`,
      seen: summary(ended),
    }
    const scene = new Scene(target, judgement.step, holds ? undefined : errors.next(), ended)
    const failure = holds ? undefined : await explain(scene, 'start', START, found)
    judgement.start = { name: START, holds, failure }
    show(judgement)
  })
  return judgement.start?.holds === true
}

/** `run`, its child and the command are three processes. */
const MANY = 10

async function runOnce(target: Target, command: string[]): Promise<Outcome> {
  const started = target.start(command)
  started.child.stdin?.end()
  try {
    const end = await outcome(started.pid, () => {
      if (!started.running) return 'ended'
      const count = descendants(started.pid).length
      return count > MANY && `the program started itself again and again: ${count} processes`
    })
    if (end === 'ended') return await started.ended()
    const { stderr } = started
    started.abandon()
    return { status: -1, signal: null, stdout: Buffer.alloc(0), stderr, endless: end }
  } finally {
    await started.kill()
  }
}

function summary({ status, stdout, stderr, endless }: Outcome): string {
  const end = endless ? 'it does not end' : `status ${status}`
  const said = stdout.length ? `it wrote ${JSON.stringify(stdout.toString())}` : 'it wrote nothing'
  const words = ownWords(stderr)
  return `${end}, and ${said}${words ? `; on stderr:\n${words}` : ''}`
}

async function judgeStep(step: string, job: Job): Promise<void> {
  const { judgement, show, signal } = job
  const properties = judgement.steps.find((one) => one.step === step)?.properties ?? []
  await onItsHost(job, async (stage) => {
    for (const [index, claim] of claimsOf(step).entries()) {
      signal.throwIfAborted()
      const verdict = await verdictOn(claim, step, stage, judgement)
      signal.throwIfAborted()
      Object.assign(properties[index] as Property, verdict)
      show(judgement)
    }
  })
}

/** A claim that couldn't be tested, or hangs, says nothing about the program. */
async function verdictOn(
  claim: Claim,
  step: string,
  stage: Stage,
  judgement: Judgement,
): Promise<Verdict> {
  try {
    await Promise.race([claim.check(stage.target), hang()])
    stage.errors.next()
    return { holds: true }
  } catch (error) {
    try {
      const why = await ownError(error as Error, step, stage, judgement)
      return why ? { unjudged: why } : await explained(error as Error, claim, step, stage.scene)
    } catch (error) {
      if (error instanceof HarnessError) return { unjudged: error.message }
      throw error
    }
  }
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
  { target, errors, known }: Stage,
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
