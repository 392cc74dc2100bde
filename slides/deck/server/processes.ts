// All that runs at a terminal, to be ended with it: the processes of its session, and their descendants.
import { readdirSync, readFileSync } from 'node:fs'

type Process = { pid: number; parent: number; session: number; started: string }

/** The pid together with the time of its start: no other process has both. */
export type Member = Pick<Process, 'pid' | 'started'>

/** The session of `leader` and all descendants, also those with a session of their own as sudo's. */
export function family(leader: number, known: Member[] = []): Member[] {
  const all = processes()
  const found = new Set(all.filter((one) => one.pid === leader || one.session === leader))
  for (const one of all) if (known.some((member) => isSame(member, one))) found.add(one)
  for (let size = 0; size < found.size; ) {
    size = found.size
    const pids = new Set([...found].map(({ pid }) => pid))
    for (const one of all) if (pids.has(one.parent)) found.add(one)
  }
  return [...found]
}

/**
 * Waits for them to end, and kills what goes on after that; resolves to what cannot be killed. Whenever one has ended, the
 * others have `patience` milliseconds again: `run` removes what it made when its container is gone.
 */
export async function end(leader: number, members: Member[], patience: number): Promise<Member[]> {
  for (let left = alive(members); left.length > 0; left = alive(left))
    if (!(await until(() => alive(left).length < left.length, patience)))
      return killAll(family(leader, left))
  return []
}

async function killAll(members: Member[]): Promise<Member[]> {
  for (const { pid } of members) kill(pid)
  await until(() => alive(members).length === 0, 1000)
  return alive(members)
}

function alive(members: Member[]): Member[] {
  const all = processes()
  return members.filter((member) => all.some((one) => isSame(member, one)))
}

const isSame = (a: Member, b: Member) => a.pid === b.pid && a.started === b.started

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? [])
}

// The name in proc(5)'s stat may hold blanks and brackets: what counts comes behind the last one.
function read(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return { pid, parent: Number(fields[1]), session: Number(fields[3]), started: fields[19] }
  } catch {
    return undefined
  }
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended, or it is root's: then sudo ends it, which has lost its terminal.
  }
}

async function until(holds: () => boolean, within: number): Promise<boolean> {
  for (const last = Date.now() + within; ; await new Promise((done) => setTimeout(done, 25))) {
    if (holds()) return true
    if (Date.now() > last) return false
  }
}
