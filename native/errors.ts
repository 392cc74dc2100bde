// errno to an Error shaped as Node's own: `EPERM: operation not permitted, mount 'proc' -> '/proc'`.
import { getSystemErrorMap } from 'node:util'
import { hint } from './hints'

/** A system call that failed. */
export class SystemError extends Error {
  /** The negative errno, as in Node's errors. */
  readonly errno: number
  /** Its name, such as 'EPERM'. */
  readonly code: string
  /** The man-page name of the call. */
  readonly syscall: string
  readonly path?: string
  readonly dest?: string
  /** What to do about it, where the errno alone misleads. */
  readonly hint?: string

  constructor(errno: number, syscall: string, path?: string | null, dest?: string | null) {
    const [code, text] = getSystemErrorMap().get(errno) ?? [`E${-errno}`, 'unknown error']
    super(`${code}: ${text}, ${syscall}${path ? ` '${path}'` : ''}${dest ? ` -> '${dest}'` : ''}`)
    this.name = 'SystemError'
    this.errno = errno
    this.code = code
    this.syscall = syscall
    if (path) this.path = path
    if (dest) this.dest = dest
    this.hint = hint(code, syscall, path, dest)
    Error.captureStackTrace(this, check)
  }
}

/** Throws a SystemError where the addon answered -errno; else hands the answer on. */
export function check<T>(result: T | number, syscall: string, path?: string | null, dest?: string | null): T {
  if (typeof result === 'number' && result < 0) throw new SystemError(result, syscall, path, dest)
  return result as T
}
