// The npm that started this program. If that is killed, the shell between them may go on waiting,
// and the deck with its shells would stay.
import { readFileSync } from 'node:fs'

const interval = 500 // milliseconds

/** Calls back once npm, or another program between it and this one, is gone. */
export function onLauncherGone(callback: () => void) {
  const launchers = ancestorsUpToNpm()
  if (launchers.length === 0) return
  const timer = setInterval(() => {
    if (launchers.every(({ pid, started }) => read(pid)?.started === started)) return
    clearInterval(timer)
    callback()
  }, interval)
  timer.unref()
}

function ancestorsUpToNpm(): Ancestor[] {
  const found: Ancestor[] = []
  for (let one = read(process.ppid); one && one.pid > 1; one = read(one.parent)) {
    found.push(one)
    if (one.name.startsWith('npm')) return found
  }
  return []
}

type Ancestor = { pid: number; name: string; parent: number; started: string }

// See proc_pid_stat(5).
function read(pid: number): Ancestor | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? []
    const fields = rest.split(' ')
    return { pid, name, parent: Number(fields[1]), started: fields[19] }
  } catch {
    return undefined
  }
}
