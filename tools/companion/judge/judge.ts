// Judges one program by the properties of a step and all earlier ones, on hosts made for that: whatever the program does
// to its host, the learner's machine stays as it was.
import { availableParallelism } from 'node:os'
import { descendants, sleep } from '../../../test/harness/proc'
import { type Ended, steps, Target } from '../../../test/harness/target'
import type { Claim } from '../../../test/harness/claim'
import { claimsOf } from './claims'
import { explain } from './explain'
import { type Event, PATIENCE, START } from './protocol'
import { Scene } from './scene'

type Report = Event extends infer E ? (E extends { id: number } ? Omit<E, 'id'> : never) : never
type Emit = (event: Report) => unknown

/** The steps by which a program of this step is judged, unless it is for itself alone: it, and those before. */
export const upTo = (step: string) => steps().filter((name) => name <= step)

/** Judges by the properties of these steps, the last of which is what the program is meant to be. */
export async function judge(
  main: string,
  names: string[],
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const step = names.at(-1) as string
  const list = names.map((name) => ({
    step: name,
    properties: claimsOf(name).map(({ name }) => name),
  }))
  emit({ type: 'steps', steps: list })
  if (!(await starts(main, step, emit, signal))) return

  // What was just written is judged first.
  const queue = [step, ...names.filter((name) => name !== step)]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await judgeStep(main, next, step, emit, signal)
  }
  await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, worker))
}

/** A target on a host of its own, which ends at once when the judgement is not wanted any more. */
async function onItsHost(
  main: string,
  signal: AbortSignal,
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

/** Nothing else can be judged in a program that runs no command. */
async function starts(
  main: string,
  step: string,
  emit: Emit,
  signal: AbortSignal,
): Promise<boolean> {
  let fine = false
  await onItsHost(main, signal, async (target) => {
    const command = ['/bin/sh', '-c', 'echo "it runs"']
    const ended = await runOnce(target, command)
    fine = ended.status === 0 && ended.stdout.toString() === 'it runs\n'
    if (fine) return emit({ type: 'property', step, property: START })
    const scene = new Scene(target, step, ended)
    const failure = await explain(scene, START, {
      expected: `\`run ${command.slice(0, 2).join(' ')} '${command[2]}'\` to write "it runs" and to end with status 0`,
      seen: summary(ended),
    })
    emit({ type: 'property', step, property: START, failure })
  })
  return fine
}

/** Runs a command to its end, or ends it: after a time, or when it starts more and more processes. */
async function runOnce(target: Target, command: string[]): Promise<Ended> {
  const started = target.start(command)
  started.child.stdin?.end()
  try {
    for (const end = Date.now() + PATIENCE * 1000; Date.now() < end; ) {
      const ended = await Promise.race([started.ended(), sleep(300)])
      if (ended) return ended
      const processes = descendants(started.pid).length
      if (processes > MANY)
        return endless(`the program started itself again and again: ${processes} processes`)
    }
    return endless(started.stderr)
  } finally {
    await started.kill()
  }
}

/** A run with its child and what that runs are three. */
const MANY = 10

const endless = (stderr: string): Ended => ({
  status: -1,
  signal: null,
  stdout: Buffer.alloc(0),
  stderr,
})

function summary({ status, stdout, stderr }: Ended): string {
  const end = status < 0 ? 'it does not end' : `status ${status}`
  const said = stdout.length
    ? `, and it wrote ${JSON.stringify(stdout.toString())}`
    : ', and nothing written'
  return `${end}${said}${stderr.trim() ? `; on stderr:\n${stderr.trim()}` : ''}`
}

async function judgeStep(
  main: string,
  step: string,
  upToStep: string,
  emit: Emit,
  signal: AbortSignal,
) {
  await onItsHost(main, signal, async (target) => {
    const scene = new Scene(target, upToStep)
    for (const claim of claimsOf(step)) {
      signal.throwIfAborted()
      const found = await judgeClaim(claim, target)
      signal.throwIfAborted()
      const failure = found && (await explain(scene, claim.name, found))
      emit({ type: 'property', step, property: claim.name, ...(failure && { failure }) })
    }
  })
}

async function judgeClaim(
  claim: Claim,
  target: Target,
): Promise<{ expected: string; seen: string } | undefined> {
  try {
    await inTime(claim.check(target), claim.within ?? 30_000)
    return undefined
  } catch (error) {
    const [, expected, seen] =
      /^expected: ([\s\S]*?)\n +seen: ([\s\S]*)$/.exec((error as Error).message) ?? []
    return { expected: expected ?? claim.name, seen: seen ?? (error as Error).message }
  }
}

async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${milliseconds / 1000} s`)),
      milliseconds,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
