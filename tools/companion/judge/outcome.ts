// What becomes of a program, judged by what its processes do and not by how long that takes.
import { readdirSync } from 'node:fs'
import { descendants, sleep, tryRead } from '../../../test/harness/proc'

/** Seconds that processes may all sleep before nothing more is expected of them. */
const IDLE = 5
/** Seconds of CPU time, enough for a hundred starts of Node. */
const CPU = 30
const ticks = 100 // a second, in /proc/PID/stat

export const idle = `its processes have done nothing but wait for ${IDLE} seconds`
export const busy = `it has used ${CPU} seconds of CPU time`

/**
 * Waits until `done` says something, or until the process and its descendants have either all gone
 * to sleep or used more CPU time than they need. On a busy machine, a process that waits for a CPU
 * is not asleep.
 */
export async function outcome<T>(
  pid: number,
  done: () => T | false | undefined,
): Promise<T | typeof idle | typeof busy> {
  let last = ''
  let since = Date.now()
  while (true) {
    const result = done()
    if (result) return result
    const { state, cpu, asleep } = activity([pid, ...descendants(pid)])
    if (cpu > CPU * ticks) return busy
    if (!asleep || state !== last) since = Date.now()
    if (Date.now() - since > IDLE * 1000) return idle
    last = state
    await sleep(50)
  }
}

function activity(pids: number[]): { state: string; cpu: number; asleep: boolean } {
  const cpus = pids.map(cpuTime)
  const threads = pids.flatMap(threadStates)
  return {
    state: `${pids} ${cpus}`,
    cpu: cpus.reduce((sum, one) => sum + one, 0),
    asleep: !threads.some((state) => 'RD'.includes(state)),
  }
}

/** The fields after the name, which may contain spaces: the state comes first. proc_pid_stat(5) */
const fields = (stat: string) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

/** Its CPU time and that of its children that have ended, in user and kernel mode. */
function cpuTime(pid: number): number {
  const stat = tryRead(`/proc/${pid}/stat`)
  return stat
    ? fields(stat)
        .slice(11, 15)
        .reduce((sum, value) => sum + Number(value), 0)
    : 0
}

function threadStates(pid: number): string[] {
  const folder = `/proc/${pid}/task`
  try {
    const stats = readdirSync(folder).map((thread) => tryRead(`${folder}/${thread}/stat`) ?? '')
    return stats.filter(Boolean).map((stat) => fields(stat)[0] as string)
  } catch {
    return [] // it has just ended
  }
}
