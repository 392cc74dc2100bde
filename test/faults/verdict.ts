// What a run with a fault says and leaves, in one word.
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { type Fault, normal, type Traced } from './trace'

/** From best to worst; the first two are right. */
export const verdicts = [
  'right', // as if nothing had happened
  'clean', // a sentence that names the error, and a status that isn't 0
  'untrue', // a sentence that doesn't name the error
  'wrong status',
  'stack trace',
  'hang',
] as const
export type Verdict = (typeof verdicts)[number]

/** Where a text comes from a runtime and not from the program. */
const trace = /^ +at |node:internal|^\w*Error: |terminate called|Assertion|Fatal|Segmentation/m

export function judge(fault: Fault, ended: Traced | 'hang'): Verdict {
  if (ended === 'hang') return 'hang'
  const { status, stderr } = ended
  const isNormal = status === normal.status && ended.stdout.toString() === normal.stdout
  if (trace.test(stderr)) return 'stack trace'
  if (isNormal && stderr === '') return 'right'
  if (fault.error === 'KILL') return judgeKilled(fault, ended)
  if (isUnsayable(fault, ended)) return 'clean'
  if (![1, 126, 127, normal.status].includes(status) || stderr === '') return 'wrong status'
  return names(fault.error, stderr) ? 'clean' : 'untrue'
}

/** A killed run or child has nothing to say. */
function judgeKilled({ place }: Fault, { status, stderr }: Traced): Verdict {
  if (place.startsWith('helper')) return status === 1 && /SIGKILL/.test(stderr) ? 'clean' : 'untrue'
  if (status !== 137) return 'wrong status'
  return stderr === '' ? 'clean' : 'untrue'
}

/** The sentence itself couldn't be written. */
const isUnsayable = ({ call }: Fault, { trace, status }: Traced) =>
  call === 'write' && /^write\(2,/m.test(trace) && status !== 0

function names(error: string, said: string): boolean {
  const number = constants.errno[error as keyof typeof constants.errno]
  const [, text = error] = getSystemErrorMap().get(-number) ?? []
  const glibc = { ENOMEM: 'Cannot allocate memory', EROFS: 'read-only' }[error] ?? text
  return [error, text, glibc].some((word) => said.toLowerCase().includes(word.toLowerCase()))
}
