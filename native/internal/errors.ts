// Errors shaped like Node's own: `EPERM: operation not permitted, mount 'proc' -> '/proc'`.
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'

/** A system call that failed. */
export class SystemError extends Error {
  /** The errno, negative as in Node's errors. */
  readonly errno: number
  /** Its name, such as 'EPERM'. */
  readonly code: string
  /** The system call, under its manual page's name. */
  readonly syscall: string
  declare readonly path?: string
  declare readonly dest?: string

  constructor(errno: number, syscall: string, path?: string | null, dest?: string | null) {
    const [code, text] = describe(errno)
    super(`${code}: ${text}, ${syscall}${path ? ` '${path}'` : ''}${dest ? ` -> '${dest}'` : ''}`)
    this.name = 'SystemError'
    this.errno = errno
    this.code = code
    this.syscall = syscall
    if (path) this.path = path
    if (dest) this.dest = dest
    Error.captureStackTrace(this, check)
  }
}

// Errors that Node's own calls never return, so Node has no text for them.
const others: Record<string, string> = {
  EDQUOT: 'disk quota exceeded',
  ENOEXEC: 'exec format error',
  ESTALE: 'stale file handle',
}

/** The name and text of an errno. */
function describe(errno: number): [code: string, text: string] {
  const known = getSystemErrorMap().get(errno)
  if (known) return known
  const code =
    Object.entries(constants.errno).find(([, number]) => number === -errno)?.[0] ?? `E${-errno}`
  return [code, others[code] ?? 'unknown error']
}

/** Throws a SystemError if the addon returned -errno, and returns any other result. */
export function check<T>(
  result: T | number,
  syscall: string,
  path?: string | null,
  dest?: string | null,
): T {
  if (typeof result === 'number' && result < 0) throw new SystemError(result, syscall, path, dest)
  return result as T
}
