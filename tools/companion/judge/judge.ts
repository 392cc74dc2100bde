// Judges one program by the claims of a step and all earlier ones, on hosts made for that: whatever
// the program does to its host, your machine stays as it was.
import { quote } from '../../../test/harness/claim'
import { outcome } from '../../../test/harness/outcome'
import { quickDescendants } from '../../../test/harness/proc'
import type { Claim } from '../../../test/harness/prove'
import { Target } from '../../../test/harness/target'
import { waitUnless } from '../../../test/harness/waiting'
import { at, root } from '../../setup/project.mjs'
import { steps } from '../../setup/steps.mjs'
import {
  allHold,
  allOf,
  type Asked,
  type Judgement,
  type JudgedStep,
  type Property,
  START,
} from '../judgement'
import { compile, forget } from './compiled'
import { ownWords } from './errors'
import { explain } from './explain'
import { keysOf } from './keys'
import { Lane, makeAhead } from './lane'
import { shared, type Task } from './plan'
import { type Outcome, Scene } from './scene'
import { verdictOn } from './verdict'

type Job = {
  judgement: Judgement
  show: (judgement: Judgement) => void
  signal: AbortSignal
  target: Target
  lanes: Map<number, Promise<Lane>>
}

/** What a step's test claims, except what holds on that step alone: a learner may be ahead. */
export function claimsOf(step: string): Claim[] {
  const { claims } = require(at('test', `${step}.test.ts`)) as { claims: Claim[] }
  return claims.filter(({ only }) => !only)
}

/**
 * Judges by a step and those before it; `show` gets what is known so far. `settled` comes with the
 * verdict, before everything is removed that was made for it.
 */
export async function judge(
  asked: Asked,
  show: Job['show'],
  settled: Job['show'],
  signal: AbortSignal,
): Promise<void> {
  const { main, step } = asked
  waitUnless(signal)
  const compiled = await compile(main)
  const target = new Target(main)
  target.compiled = compiled.folder
  const judgement: Judgement = { program: main, step, steps: stepsOf(asked, compiled.hash) }
  show(judgement)
  makeAhead(shared(judgement.steps.flatMap((one) => tasksOf(one.step, judgement))).length)
  const job = { judgement, show, signal, target, lanes: new Map() }
  const stop = () => void abandon(job)
  signal.addEventListener('abort', stop)
  try {
    // What you have just written comes first.
    if (await starts(job)) {
      await judgeSteps(job, [step])
      const earlier = judgement.steps.filter((one) => one.step !== step && !one.kept)
      await judgeSteps(
        job,
        earlier.map((one) => one.step),
      )
    }
    signal.throwIfAborted()
    settled({ ...judgement, holds: allHold(allOf(judgement)) })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await close(job)
    forget(compiled.folder)
  }
}

/** What was judged before by the same claims, of the same program, isn't judged again. */
function stepsOf({ step, only, passed = {} }: Asked, program: string): JudgedStep[] {
  const names = steps().filter((name) => name === step || (name < step && !only))
  const keys = keysOf(names, program)
  return names.map((name) => {
    const key = keys[name] as string
    const kept = name !== step && passed[name] === key
    const properties = claimsOf(name).map((claim) => ({
      name: claim.name,
      ...(kept && { holds: kept }),
    }))
    return { step: name, key, ...(kept && { kept }), properties }
  })
}

/** A lane's host is made, or taken, when it's needed. */
function lane(number: number, { lanes, target, judgement, signal }: Job): Promise<Lane> {
  const found = lanes.get(number) ?? Lane.open(target.another(), judgement.step, signal)
  lanes.set(number, found)
  found.catch(() => {})
  return found
}

/** Ends at once what nobody waits for any more. */
const abandon = ({ lanes }: Job) =>
  Promise.all(
    [...lanes.values()].map((one) =>
      one.then(
        ({ target }) => target.abandon(),
        () => {},
      ),
    ),
  )

const close = ({ lanes }: Job) =>
  Promise.all(
    [...lanes.values()].map((one) =>
      one.then(
        (lane) => lane.close(),
        () => {},
      ),
    ),
  )

/** A program that runs no command can't be judged any further. */
async function starts(job: Job): Promise<boolean> {
  const { judgement, show } = job
  const command = ['/bin/sh', '-c', 'echo "it runs"']
  const words = `\`run ${command.slice(0, 2).join(' ')} '${command[2]}'\``
  const { target, errors } = await lane(0, job)
  job.signal.throwIfAborted()
  const ended = await runOnce(target, command)
  const holds = ended.status === 0 && ended.stdout.toString().split('\n').includes('it runs')
  const found = {
    expected: `${words} to write "it runs" and to exit with status 0`,
    seen: summary(ended),
  }
  const scene = new Scene(target, judgement.step, holds ? undefined : errors.next(), ended)
  const failure = holds ? undefined : await explain(scene, 'start', START, found)
  job.signal.throwIfAborted()
  judgement.start = { name: START, holds, failure }
  show(judgement)
  return holds
}

/** `run`, its child and the command are three processes. */
const MANY = 10

async function runOnce(target: Target, command: string[]): Promise<Outcome> {
  // As `npm run step` does: from the checkout. A host made for it begins at /.
  const started = target.start(command, { wrap: ['sh', '-c', 'cd "$0" && exec "$@"', root] })
  started.child.stdin?.end()
  try {
    const done = () => {
      if (!started.running) return 'ended'
      const count = quickDescendants(started.pid).length
      return count > MANY && `the program started itself again and again: ${count} processes`
    }
    const end = await outcome(started.pid, done, started.gone)
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
  const said = `it wrote ${quote(stdout)}`
  const words = ownWords(stderr)
  return `${end}, and ${said}${words ? `; on stderr:\n${words}` : ''}`
}

/** Each lane has its own host, and judges its claims one after the other. */
async function judgeSteps(job: Job, names: string[]): Promise<void> {
  const lists = shared(names.flatMap((name) => tasksOf(name, job.judgement)))
  const ended = await Promise.allSettled(lists.map((tasks, lane) => judgeTasks(tasks, lane, job)))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

const tasksOf = (step: string, { steps }: Judgement): Task[] => {
  const properties = steps.find((one) => one.step === step)?.properties ?? []
  return claimsOf(step).map((claim, i) => ({ step, claim, property: properties[i] as Property }))
}

async function judgeTasks(tasks: Task[], number: number, job: Job): Promise<void> {
  if (tasks.length === 0) return
  const { judgement, show, signal } = job
  const here = await lane(number, job)
  for (const { step, claim, property } of tasks) {
    signal.throwIfAborted()
    const verdict = await verdictOn(claim, step, here, judgement)
    signal.throwIfAborted()
    Object.assign(property, verdict)
    show(judgement)
  }
}
