// Judges one program by the claims of a step and all earlier ones, on hosts made for that: whatever
// the program does to its host, your machine stays as it was.
import { availableParallelism } from 'node:os'
import { HarnessError } from '../../../test/harness/claim'
import { outcome } from '../../../test/harness/outcome'
import { descendants } from '../../../test/harness/proc'
import type { Claim } from '../../../test/harness/prove'
import { Target } from '../../../test/harness/target'
import { HANG } from '../../../test/harness/waiting'
import { steps } from '../../setup/steps.mjs'
import { explain } from './explain'
import { claimsOf } from './parts'
import { type Event, START, type Verdict } from './protocol'
import { type Outcome, Scene } from './scene'

type Report = Event extends infer E ? (E extends { id: number } ? Omit<E, 'id'> : never) : never
type Emit = (event: Report) => unknown
type Job = { main: string; step: string; emit: Emit; signal: AbortSignal }

/** The steps a program of this step is judged by: it, and those before. */
export const upTo = (step: string) => steps().filter((name) => name <= step)

/** Judges by these steps, the last of which is what the program is meant to be. */
export async function judge(
  main: string,
  names: string[],
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const job = { main, step: names.at(-1) as string, emit, signal }
  const list = names.map((step) => ({ step, properties: claimsOf(step).map(({ name }) => name) }))
  emit({ type: 'steps', steps: list })
  if (!(await starts(job))) return

  // What you have just written comes first.
  const queue = [job.step, ...names.filter((name) => name !== job.step)]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await judgeStep(next, job)
  }
  await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, worker))
}

/** A target on its own host, ended at once when the judgement isn't wanted any more. */
async function onItsHost(
  { main, signal }: Job,
  act: (target: Target) => Promise<unknown>,
): Promise<void> {
  const target = new Target(main)
  const stop = () => target.abandon()
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    await target.ownHost()
    await act(target)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await target.close()
  }
}

/** A program that runs no command can't be judged any further. */
async function starts(job: Job): Promise<boolean> {
  const { step, emit } = job
  const command = ['/bin/sh', '-c', 'echo "it runs"']
  const words = `\`run ${command.slice(0, 2).join(' ')} '${command[2]}'\``
  let fine = false
  await onItsHost(job, async (target) => {
    const ended = await runOnce(target, command)
    fine = ended.status === 0 && ended.stdout.toString() === 'it runs\n'
    if (fine) return emit({ type: 'property', step, property: START })
    const failure = await explain(new Scene(target, step, ended), 'start', START, {
      expected: `${words} to write "it runs" and to exit with status 0`,
      seen: summary(ended),
    })
    emit({ type: 'property', step, property: START, failure })
  })
  return fine
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
  return `${end}, and ${said}${stderr.trim() ? `; on stderr:\n${stderr.trim()}` : ''}`
}

async function judgeStep(step: string, job: Job): Promise<void> {
  const { emit, signal } = job
  await onItsHost(job, async (target) => {
    const scene = new Scene(target, job.step)
    for (const claim of claimsOf(step)) {
      signal.throwIfAborted()
      const verdict = await verdictOn(claim, step, scene)
      signal.throwIfAborted()
      emit({ type: 'property', step, property: claim.name, ...verdict })
    }
  })
}

async function verdictOn(claim: Claim, step: string, scene: Scene): Promise<Verdict> {
  try {
    const error = await failureOf(claim, scene.target)
    if (error === undefined) return {}
    const [, expected = claim.name, seen = error.message] =
      /^expected: ([\s\S]*?)\n +seen: ([\s\S]*)$/.exec(error.message) ?? []
    return { failure: await explain(scene, step, claim.name, { expected, seen }) }
  } catch (error) {
    if (error instanceof HarnessError) return { unjudged: error.message }
    throw error
  }
}

/** What a claim says against the program. A test that couldn't be made says nothing: it throws. */
async function failureOf(claim: Claim, target: Target): Promise<Error | undefined> {
  try {
    await unlessItHangs(claim.check(target))
    return undefined
  } catch (error) {
    if (error instanceof HarnessError) throw error
    return error as Error
  }
}

/** A hang says nothing about the program. */
async function unlessItHangs<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const seconds = (5 * HANG) / 1000
    const hang = () => reject(new HarnessError(`there was no answer within ${seconds} seconds`))
    timer = setTimeout(hang, seconds * 1000)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
