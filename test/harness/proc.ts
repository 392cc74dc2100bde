// What the kernel says about a process, read on the host's side.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { HarnessError } from './claim'

export { sleep, until } from './waiting'

export type Namespace = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'user' | 'uts'

/** The identity of a namespace, such as `uts:[4026531838]`: namespaces(7). */
export function namespace(pid: number | 'self', kind: Namespace): string {
  return readlinkSync(`/proc/${pid}/ns/${kind}`)
}

/** A field of /proc/PID/status, or undefined if the process is gone. */
export function status(pid: number | 'self', field: string): string | undefined {
  const text = tryRead(`/proc/${pid}/status`)
  return text?.match(new RegExp(`^${field}:\\s*(.*)$`, 'm'))?.[1]
}

/** Running or sleeping, neither gone nor a zombie. */
export function alive(pid: number): boolean {
  const state = status(pid, 'State')
  return state !== undefined && !/^[ZX]/.test(state)
}

export function argv(pid: number): string[] {
  return (tryRead(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(0, -1)
}

export function environ(pid: number): string[] {
  return (tryRead(`/proc/${pid}/environ`) ?? '').split('\0').filter((entry) => entry !== '')
}

export function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The processes with a word in their command line that contains one of these. */
export function withToken(...tokens: string[]): number[] {
  if (tokens.length === 0) return []
  return pids().filter((pid) => {
    const words = pid === process.pid ? [] : argv(pid)
    return words.some((word) => tokens.some((token) => word.includes(token)))
  })
}

/** The process that runs exactly this command; of a shell and its forks, the first. */
export function withArgv(command: string[], among = pids()): number | undefined {
  const same = among.filter((pid) => {
    const words = argv(pid)
    return words.length === command.length && words.every((word, i) => word === command[i])
  })
  return same.find((pid) => !same.includes(Number(status(pid, 'PPid'))))
}

/** All processes in the pid namespace of another one. */
export function inPidNamespace(identity: string): number[] {
  return pids().filter((pid) => {
    try {
      return namespace(pid, 'pid') === identity
    } catch {
      return false
    }
  })
}

type Fields = 'id' | 'parent' | 'dev' | 'root' | 'point' | 'options' | 'tags' | 'type' | 'source'

/** `parent` is the mount that it is on. */
export type Mount = Record<Fields, string>

/** The lines of a mountinfo: proc_pid_mountinfo(5). */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [left, right] = line.split(' - ') as [string, string]
      const [id, parent, dev, root, point, options, ...tags] = left.split(' ') as string[]
      const [type, source] = right.split(' ') as string[]
      return { id, parent, dev, root, point, options, tags: tags.join(' '), type, source } as Mount
    })
}

export function mountinfo(pid: number | 'self'): string {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
}

export function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Kills a process that the tests started, unless it's gone already. */
export function killPid(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined || pid < 2) throw new HarnessError(`no process to send ${signal} to`)
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The processes that descend from one, nearest first. */
export function descendants(pid: number): number[] {
  const parents = pids().map((child) => [child, Number(stat(`/proc/${child}`)[1])] as const)
  return levels(pid, (level) =>
    parents.filter(([, parent]) => level.includes(parent)).map(([child]) => child),
  )
}

/**
 * The same at a tenth of the cost, for those who ask many times: the kernel may leave one out while
 * another ends. proc_pid_children(5)
 */
export function quickDescendants(pid: number): number[] {
  if (!hasChildren) return descendants(pid)
  return levels(pid, (level) => level.flatMap(threads).flatMap(children))
}

function levels(pid: number, below: (level: number[]) => number[]): number[] {
  const found: number[] = []
  for (let level = below([pid]); level.length > 0; level = below(level)) found.push(...level)
  return found
}

/** The folders of a process's threads. */
export function threads(pid: number): string[] {
  const folder = `/proc/${pid}/task`
  try {
    return readdirSync(folder).map((thread) => `${folder}/${thread}`)
  } catch {
    return [] // it has just ended
  }
}

/** Some kernels don't have these lists. */
const hasChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`)
const children = (thread: string) => tryRead(`${thread}/children`)?.match(/\d+/g)?.map(Number) ?? []

/** The fields of a process's or thread's stat after its name: the state, the parent, … */
export function stat(folder: string): string[] {
  const text = tryRead(`${folder}/stat`) ?? ''
  // The name may contain spaces and parentheses.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}
