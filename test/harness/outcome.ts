// What becomes of a program, judged by what its processes do and not by how long that takes.
import { quickDescendants, stat, threads } from './proc'
import { sleep } from './waiting'

/** Milliseconds from one look at the processes to the next. */
const PAUSE = 25
/** How often the same processes may be found asleep before nothing more is expected of them. */
const LOOKS = 200
/** Seconds of CPU time, enough for a hundred starts of Node. */
const CPU = 30
const ticks = 100 // a second, in /proc/PID/stat

export const idle = `its processes have done nothing but wait for ${(LOOKS * PAUSE) / 1000} seconds`
export const busy = `it has used ${CPU} seconds of CPU time`

/**
 * Waits until `done` says something, or until the process and its descendants have either slept
 * long enough or used more CPU time than they need. On a busy machine, a process that waits for a
 * CPU is not asleep. Node never sleeps quite soundly: a look that finds it awake changes nothing.
 */
export async function outcome<T>(
  pid: number,
  done: () => T | false | undefined,
): Promise<T | typeof idle | typeof busy> {
  let asleep = 0
  for (let last = ''; asleep < LOOKS; await sleep(PAUSE)) {
    const result = done()
    if (result) return result
    const pids = [pid, ...quickDescendants(pid)]
    if (cpuTime(pids) > CPU * ticks) return busy
    if (`${pids}` !== last) asleep = 0
    if (!pids.some(isAwake)) asleep++
    last = `${pids}`
  }
  return idle
}

/** Their CPU time and that of their children that have ended, in user and kernel mode. */
function cpuTime(pids: number[]): number {
  const times = pids.flatMap((pid) => stat(`/proc/${pid}`).slice(11, 15))
  return times.reduce((sum, time) => sum + Number(time), 0)
}

/** Whether one of its threads runs, waits for a CPU, or waits for a disk. */
const isAwake = (pid: number) => threads(pid).some((thread) => /^[RD]/.test(stat(thread)[0] ?? ''))
