// What a run with a fault says and leaves, in one word.
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { type Fault, isWakeUp, normal, type Traced } from './trace'

/** From best to worst; the first three are right. */
export const verdicts = [
  'right', // as if nothing had happened
  'clean', // a sentence that names the error, and a status that isn't 0
  "Node's own", // Node gives up where no program is asked
  'untrue', // a sentence that doesn't name the error
  'wrong status',
  'stack trace',
  'hang',
] as const
export type Verdict = (typeof verdicts)[number]

/** Where a text comes from a runtime and not from the program. */
const stack = /^ +at |node:internal|^\w*Error: |terminate called|Assertion|Fatal|Segmentation/m

export function judge(fault: Fault, ended: Traced | 'hang', trace: string): Verdict {
  const isEngines =
    fault.place !== 'exec' && isWakeUp(/^.*(?=\(INJECTED\)$)/m.exec(trace)?.[0] ?? '')
  if (ended === 'hang') return isEngines || aborts(trace) ? "Node's own" : 'hang'
  const { status, stderr } = ended
  const isNormal = status === normal.status && ended.stdout.toString() === normal.stdout
  if (isNormal && stderr === '') return 'right'
  if (isEngines || /node::ResetStdio\(/.test(stderr)) return "Node's own"
  if (stack.test(stderr)) return 'stack trace'
  if (fault.error === 'KILL') return judgeKilled(fault, ended)
  if (isUnsayable(fault, ended)) return 'clean'
  if (![1, 126, 127, normal.status].includes(status) || stderr === '') return 'wrong status'
  return names(fault, stderr) ? 'clean' : 'untrue'
}

/** A PID 1 that aborts is ended by the kernel, but never while it's traced. */
const aborts = (trace: string) => /^--- SIGABRT /m.test(trace) && /SIGSEGV .*SI_KERNEL/.test(trace)

/** A killed run or child has nothing to say. */
function judgeKilled({ place }: Fault, { status, stderr }: Traced): Verdict {
  if (place.startsWith('helper')) return status === 1 && /SIGKILL/.test(stderr) ? 'clean' : 'untrue'
  if (status !== 137) return 'wrong status'
  return stderr === '' ? 'clean' : 'untrue'
}

/** The sentence itself couldn't be written. */
const isUnsayable = ({ call }: Fault, { trace, status }: Traced) =>
  call === 'write' && /^write\(2,/m.test(trace) && status !== 0

function names({ error, call }: Fault, said: string): boolean {
  // Threads: glibc has one word for whatever clone3 says.
  if (call === 'clone3' && said.includes('EAGAIN')) return true
  const number = constants.errno[error as keyof typeof constants.errno]
  const [, text = error] = getSystemErrorMap().get(-number) ?? []
  const glibc = { ENOMEM: 'Cannot allocate memory', EROFS: 'read-only' }[error] ?? text
  return [error, text, glibc].some((word) => said.toLowerCase().includes(word.toLowerCase()))
}
