// Runs of the last step, killed at random instants, and a host that must be as it was before.
import { statSync } from 'node:fs'
import { differences, type Snapshot, snapshot } from '../harness/host'
import { environ, killPid, pids, status, tryRead } from '../harness/proc'
import { random } from '../harness/random'
import { newToken, steps, Target } from '../harness/target'
import { sleep, until } from '../harness/waiting'
import { work } from '../harness/work'

export type ChaosOptions = { runs: number; parallel: number; seed: number }
type Plan = {
  index: number
  command: string[]
  signal: NodeJS.Signals
  whom: 'run' | 'child'
  after: number
}
type Outcome = Plan & { status?: number; stderr: string; fault?: string }

// Each soon ends by itself: a signal that PID 1 ignores delays nothing.
const commands = [
  ['/bin/true'],
  ['/bin/sleep', '0.4'],
  ['/bin/sh', '-c', 'sleep 0.6 & sleep 0.7 & wait'],
  ['/bin/sh', '-c', 'echo x > /mytemp/file; echo x > /dev/shm/container-file; sleep 0.3'],
  ['/bin/sh', '-c', '(setsid sleep 0.8 &) ; exit 7'],
]
const signals: NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT']
const round = 20

/**
 * Kills containers; gives what is wrong afterwards, in words. The next run removes what a SIGKILLed
 * run process left, so a clean run precedes each comparison, after every 20 runs.
 */
export async function chaos(
  options: ChaosOptions,
  progress: (done: number) => void = () => {},
): Promise<string[]> {
  const target = Target.step(steps().at(-1) as string)
  const mark = `CHAOS=${newToken()}`
  try {
    const host = await target.ownHost()
    await target.sweep()
    const before = look(host, mark)
    const plans = plan(options)
    const faults: string[] = []
    while (plans.length > 0) {
      const outcomes = await killAll(target, plans.splice(0, round), options.parallel, mark)
      const clean = await target.run(['/bin/true'])
      if (clean.status !== 0)
        faults.push(`the clean run afterwards: status ${clean.status}, ${clean.stderr}`)
      await until(() => differences(before, look(host, mark)).length === 0)
      const left = differences(before, look(host, mark))
      faults.push(
        ...outcomes.filter((one) => one.fault).map((one) => `${one.fault}: ${words(one)}`),
      )
      if (left.length > 0)
        faults.push(`${left.join('\n')}\nafter\n${outcomes.map(words).join('\n')}`)
      progress(options.runs - plans.length)
      if (left.length > 0) break // each further round would find the same again
    }
    return faults
  } finally {
    await target.close()
  }
}

function plan({ runs, seed }: ChaosOptions): Plan[] {
  const next = random(seed)
  const pick = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)] as T
  return Array.from({ length: runs }, (_, index) => ({
    index,
    command: pick(commands),
    signal: pick(signals),
    whom: pick(['run', 'child'] as const),
    after: Math.round(next() * 600),
  }))
}

async function killAll(
  target: Target,
  plans: Plan[],
  parallel: number,
  mark: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  while (plans.length > 0) {
    const some = plans.splice(0, parallel)
    outcomes.push(...(await Promise.all(some.map((one) => kill(target, one, mark)))))
  }
  return outcomes
}

async function kill(target: Target, one: Plan, mark: string): Promise<Outcome> {
  const [name, value] = mark.split('=') as [string, string]
  const started = target.start(one.command, { env: { [name]: value } })
  try {
    started.child.stdin?.end()
    await sleep(one.after)
    const pid =
      one.whom === 'run'
        ? started.pid
        : await until(() => firstProcess(started.pid) ?? !started.running)
    if (typeof pid === 'number' && started.running) killPid(pid, one.signal)
    const ended = await started.ended()
    const trace = /^ +at |node:internal/m.test(ended.stderr) && 'a stack trace'
    return { ...one, status: ended.status, stderr: ended.stderr, fault: trace || undefined }
  } catch (error) {
    return { ...one, stderr: started.stderr, fault: (error as Error).message }
  } finally {
    await started.kill()
  }
}

/** The first process of a container: the child in another pid namespace, which has two pids. */
function firstProcess(run: number): number | undefined {
  const children = (tryRead(`/proc/${run}/task/${run}/children`) ?? '')
    .trim()
    .split(' ')
    .map(Number)
  return children.find((pid) => pid > 0 && (status(pid, 'NSpid') ?? '').split(/\s+/).length > 1)
}

/** The host, with the processes that only a killed container could leave. */
function look(host: number, mark: string): Snapshot {
  return { ...snapshot(host), processes: ours(mark).join('\n') }
}

// Found by the variable its run process was given, or once contained by its root directory.
function ours(mark: string): string[] {
  const { dev, ino } = statSync(work().rootfs)
  return pids()
    .filter((pid) => {
      if (environ(pid).includes(mark)) return true
      try {
        const root = statSync(`/proc/${pid}/root/`)
        return root.dev === dev && root.ino === ino
      } catch {
        return false // gone meanwhile
      }
    })
    .map(String)
}

function words({ index, command, signal, whom, after, status, stderr }: Outcome): string {
  const said = stderr.trim() ? `, it wrote ${JSON.stringify(stderr)}` : ''
  const what = `${signal} to ${whom} after ${after} ms, \`${command.join(' ')}\``
  return `run ${index}: ${what}, status ${status}${said}`
}
