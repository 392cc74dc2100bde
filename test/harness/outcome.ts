// What becomes of a program, judged by what its processes do and not by how long that takes.
import { spawnSync } from 'node:child_process'
import { quickDescendants, stat, threads } from './proc'
import { sleep, type Woken } from './waiting'

/** Milliseconds from one look at the processes to the next. */
const PAUSE = 25
/** How often the same processes may be found asleep before nothing more is expected of them. */
const LOOKS = 200
/** The CPU time that ends all patience, in starts of Node. */
const STARTS = 300

export const idle = `its processes have done nothing but wait for ${(LOOKS * PAUSE) / 1000} seconds`
export const busy = `it has used the CPU time of ${STARTS} starts of Node`

/**
 * Waits until `done` says something, or until the process and its descendants have either slept
 * long enough or used more CPU time than they need. On a busy machine, a process that waits for a
 * CPU is not asleep. Node never sleeps quite soundly: a look that finds it awake changes nothing.
 */
export async function outcome<T>(
  pid: number,
  done: () => T | false | undefined,
  woken: Woken = () => new Promise(() => {}),
): Promise<T | typeof idle | typeof busy> {
  const before = cpuTime([pid, ...quickDescendants(pid)])
  let asleep = 0
  for (let last = ''; asleep < LOOKS; await Promise.race([sleep(PAUSE), woken()])) {
    const result = done()
    if (result) return result
    const pids = [pid, ...quickDescendants(pid)]
    const used = cpuTime(pids) - before
    // A start takes a tick at least, so most programs need no yardstick.
    if (used > STARTS && used > STARTS * startOfNode()) return busy
    if (`${pids}` !== last) asleep = 0
    if (!pids.some(isAwake)) asleep++
    last = `${pids}`
  }
  return idle
}

let measured = 0

/** The CPU time of a start of Node on this machine, in ticks. An emulated one takes far longer. */
function startOfNode(): number {
  if (measured) return measured
  const ours = () => Number(stat('/proc/self')[13]) + Number(stat('/proc/self')[14])
  const before = ours()
  spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore', env: {} })
  measured = Math.max(ours() - before, 1)
  return measured
}

/** Their CPU time and that of their children that have ended, in user and kernel mode. */
function cpuTime(pids: number[]): number {
  const times = pids.flatMap((pid) => stat(`/proc/${pid}`).slice(11, 15))
  return times.reduce((sum, time) => sum + Number(time), 0)
}

/** Whether one of its threads runs, waits for a CPU, or waits for a disk. */
const isAwake = (pid: number) => threads(pid).some((thread) => /^[RD]/.test(stat(thread)[0] ?? ''))
