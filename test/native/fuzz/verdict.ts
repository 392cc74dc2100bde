// Which errors are documented. Anything else that comes out of a call is a finding.
import { Failure, SystemError, UsageError } from '../all'
import { Sabotage } from './values'

// The words of native/internal/arguments.ts: a TypeError of another origin is an accident.
const ours = /must be |must not |is longer than |has unknown flags/

/** Calls a function of the face: it may answer, or throw what its documentation says. */
export function documented(syscalls: string[], act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (!isDocumented(error, syscalls)) throw error
    return undefined
  }
}

/** The same of one that answers with a promise. */
export async function documentedAsync(
  syscalls: string[],
  act: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (!isDocumented(error, syscalls)) throw error
    return undefined
  }
}

function isDocumented(error: unknown, syscalls: string[]): boolean {
  if (error instanceof SystemError) return isWellFormed(error, syscalls)
  if (error instanceof TypeError || error instanceof RangeError)
    return ours.test(error.message) || hasNodeCode(error)
  return (
    error instanceof UsageError ||
    error instanceof Failure ||
    error instanceof Sabotage ||
    isNodes(error)
  )
}

function isWellFormed({ errno, code, syscall, message }: SystemError, syscalls: string[]): boolean {
  return (
    Number.isInteger(errno) &&
    errno < 0 &&
    /^E[A-Z][A-Z0-9]+$/.test(code) &&
    syscalls.includes(syscall) &&
    message.startsWith(`${code}: `) &&
    !message.includes('unknown error')
  )
}

const hasNodeCode = (error: Error) => /^ERR_/.test((error as NodeJS.ErrnoException).code ?? '')

// Of fs.openSync() and spawnSync(), which withLock() and run() use.
function isNodes(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return typeof code === 'string' && (/^(open|spawnSync)/.test(syscall ?? '') || /^ERR_/.test(code))
}
