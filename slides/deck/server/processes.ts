// Everything that runs at a terminal and ends with it: the processes of its session, and their
// descendants.
import { readdirSync, readFileSync } from 'node:fs'

type Process = {
  pid: number
  state: string
  parent: number
  session: number
  /** CPU time so far, in ticks of the clock. */
  used: number
  started: string
}

/** A pid with its start time: no other process ever has both. */
export type Member = Pick<Process, 'pid' | 'started'>

/** The session of `leader` and all descendants, even those in another session, as sudo's are. */
export function family(leader: number, known: Member[] = []): Process[] {
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

/** In milliseconds. */
export type Patience = {
  /** How long they may do nothing. */
  idle: number
  /** How long they may take in all. */
  total: number
}

/**
 * Waits for them to end, then kills those that hang; resolves to what it can't kill. While they do
 * something, they don't hang, however slow the machine: `run` still removes what its container
 * leaves on the host.
 */
export async function end(
  leader: number,
  members: Member[],
  { idle, total }: Patience,
): Promise<Member[]> {
  const start = Date.now()
  let activeAt = start
  let before: Process[] = []
  for (let left = alive(members); left.length > 0; left = alive(left)) {
    const now = family(leader, left)
    if (isActive(before, now)) activeAt = Date.now()
    before = now
    if (Date.now() - activeAt > idle || Date.now() - start > total) return killAll(now)
    await pause()
  }
  return []
}

/** Whether one has ended, started another, used the CPU, or waits for it or for a disk. */
const isActive = (before: Process[], now: Process[]) =>
  JSON.stringify(before) !== JSON.stringify(now) || now.some(({ state }) => 'RD'.includes(state))

async function killAll(members: Member[]): Promise<Member[]> {
  for (const { pid } of members) kill(pid)
  for (const last = Date.now() + 10_000; ; await pause()) {
    const left = alive(members)
    if (left.length === 0 || Date.now() > last) return left
  }
}

const pause = () => new Promise((done) => setTimeout(done, 25))

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

// The name in proc_pid_stat(5) may hold blanks and brackets: the fields start after the last one.
function read(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    if (state === 'Z' || state === 'X') return undefined
    const [parent, session] = [Number(fields[1]), Number(fields[3])]
    const used = Number(fields[11]) + Number(fields[12])
    return { pid, state, parent, session, used, started: fields[19] }
  } catch {
    return undefined
  }
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended, or it is root's: then sudo, which has lost its terminal, ends it.
  }
}
