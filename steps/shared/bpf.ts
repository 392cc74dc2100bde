// Writing filters for seccomp(2) in BPF: a program that loads a word, compares it, and answers.
import { constants } from 'node:os'
import { numbers, SECCOMP_RET_ERRNO } from '#native/seccomp'

/** What to do, how many instructions to skip if true and if false, and a constant. */
type Instruction = [code: number, jt: number, jf: number, k: number]
/** A few instructions in a row. */
export type Part = Instruction[]

const LOAD = 0x20 // BPF_LD | BPF_W | BPF_ABS
const EQUAL = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
const OVER = 0x25 // BPF_JMP | BPF_JGT | BPF_K
const AT_LEAST = 0x35 // BPF_JMP | BPF_JGE | BPF_K
const ANY_BIT = 0x45 // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06 // BPF_RET | BPF_K

// Where struct seccomp_data has them.
export const NUMBER = 0
export const ARCH = 4
/** The lower half of an argument, counted from 0. An int has no upper half: the kernel drops it. */
export const argument = (index: number) => 16 + 8 * index

/** Takes a word of struct seccomp_data to judge by. */
export const load = (offset: number): Part => [[LOAD, 0, 0, offset]]
/** Ends the filter. */
export const answer = (value: number): Part => [[RETURN, 0, 0, value]]
/** The answer that makes a call fail. @throws RangeError for a name that no error has */
export function errno(name: keyof typeof constants.errno): number {
  const number = constants.errno[name]
  if (number === undefined) throw new RangeError(`there is no error named ${name}`)
  return SECCOMP_RET_ERRNO | number
}

/** Ends the filter if what is loaded is this number. */
export const ifEqual = (k: number, value: number): Part => [[EQUAL, 0, 1, k], ...answer(value)]
/** Ends the filter if what is loaded isn't this number. */
export const unless = (k: number, value: number): Part => [[EQUAL, 1, 0, k], ...answer(value)]
/** Ends the filter if what is loaded has one of these bits. */
export const ifAnyBit = (k: number, value: number): Part => [[ANY_BIT, 0, 1, k], ...answer(value)]

/** Ends the filter for this system call. The number must be loaded. */
export function ifCall(name: string, value: number): Part {
  const number = numberOf(name)
  return number === undefined ? [] : ifEqual(number, value)
}

/** Ends the filter for numbers above this system call's. The number must be loaded. */
export const ifAfter = (name: string, value: number): Part => [
  [OVER, 0, 1, existing(name)],
  ...answer(value),
]
/** Ends the filter for numbers between those of two system calls. The number must be loaded. */
export const ifBetween = (name: string, next: string, value: number): Part => [
  [OVER, 0, 2, existing(name)],
  [AT_LEAST, 1, 0, existing(next)],
  ...answer(value),
]

/** Runs parts for this system call alone. The number must be loaded, and is so again after them. */
export function inCall(name: string, ...parts: Part[]): Part {
  const number = numberOf(name)
  if (number === undefined) return []
  const then = [...parts.flat(), ...load(NUMBER)]
  return [[EQUAL, 0, then.length, number], ...then]
}

// The number of a system call on this machine; undefined if only others have it.
function numberOf(name: string): number | undefined {
  if (!Object.hasOwn(numbers, name)) throw new RangeError(`there is no system call named ${name}`)
  return numbers[name]
}

function existing(name: string): number {
  const number = numberOf(name)
  if (number === undefined) throw new RangeError(`this machine has no system call named ${name}`)
  return number
}

const FARTHEST = 255 // a jump is a byte

/** The bytes of a program. */
export function assemble(...parts: Part[]): Uint8Array {
  const program = parts.flat()
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  program.forEach(([code, jt, jf, k], index) => {
    if (Math.max(jt, jf) > FARTHEST)
      throw new RangeError(`a jump over ${Math.max(jt, jf)} instructions: at most ${FARTHEST}`)
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, jt)
    bytes.setUint8(index * 8 + 3, jf)
    bytes.setUint32(index * 8 + 4, k, true)
  })
  return new Uint8Array(bytes.buffer)
}
