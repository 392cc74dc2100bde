// Checks of the arguments that go to the kernel: a wrong type is a TypeError, a value out of range
// a RangeError.

const PATH_MAX = 4096

/** A string for C: without a NUL byte, at most `longest` bytes long. */
export function text(value: unknown, name: string, longest = Number.POSITIVE_INFINITY): string {
  if (typeof value !== 'string')
    throw new TypeError(`${name} must be a string, not ${describe(value)}`)
  if (value.includes('\0')) throw new TypeError(`${name} must not contain a NUL byte`)
  if (Buffer.byteLength(value) > longest)
    throw new RangeError(`${name} is longer than ${longest} bytes`)
  return value
}

/** A path: PATH_MAX bytes at most, with the NUL byte at its end. */
export function path(value: unknown, name: string): string {
  return text(value, name, PATH_MAX - 1)
}

/** A path, or null. */
export function optional(value: unknown, name: string): string | null {
  return value === null || value === undefined ? null : text(value, name, PATH_MAX - 1)
}

/** A whole number from `least` to `most`. */
export function integer(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a number, not ${describe(value)}`)
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
  return value
}

/** Flags, all of them in `allowed`. */
export function flags(value: unknown, name: string, allowed: number): number {
  const bits = integer(value, name, 0, 0xffffffff)
  if ((bits & ~allowed) !== 0)
    throw new RangeError(`${name} has unknown flags: 0x${((bits & ~allowed) >>> 0).toString(16)}`)
  return bits
}

/** One of these numbers. */
export function choice(value: unknown, name: string, known: number[]): number {
  const number = integer(value, name, 0, 0xffffffff)
  if (!known.includes(number))
    throw new RangeError(`${name} must be one of ${known.join(', ')}, not ${number}`)
  return number
}

/** A file descriptor, open or not. */
export function descriptor(value: unknown, name: string): number {
  return integer(value, name, 0, 0x7fffffff)
}

/** An array of strings. */
export function strings(value: unknown, name: string): string[] {
  if (!Array.isArray(value))
    throw new TypeError(`${name} must be an array of strings, not ${describe(value)}`)
  return Array.from(value, (item, index) => text(item, `${name}[${index}]`))
}

/** An array of whole numbers from `least` to `most`. */
export function integers(value: unknown, name: string, least: number, most: number): number[] {
  if (!Array.isArray(value))
    throw new TypeError(`${name} must be an array of numbers, not ${describe(value)}`)
  return Array.from(value, (item, index) => integer(item, `${name}[${index}]`, least, most))
}

/** A function. */
export function callable(value: unknown, name: string): () => void {
  if (typeof value !== 'function')
    throw new TypeError(`${name} must be a function, not ${describe(value)}`)
  return value as () => void
}

/** An array of functions. */
export function callables(value: unknown, name: string): (() => void)[] {
  if (!Array.isArray(value))
    throw new TypeError(`${name} must be an array of functions, not ${describe(value)}`)
  return Array.from(value, (item, index) => callable(item, `${name}[${index}]`))
}

/** An environment as NAME=value strings. Like Node, leaves out names whose value is undefined. */
export function environment(value: unknown): string[] {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`env must be an object, not ${describe(value)}`)
  return Object.entries(value)
    .filter(([, setting]) => setting !== undefined)
    .map(([name, setting]) => `${text(name, 'a name in env')}=${text(setting, `env.${name}`)}`)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : typeof value
}
