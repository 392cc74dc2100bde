// Which errors are documented. Any other error is a finding.
import { Failure, SystemError, UsageError } from '../all'
import { Sabotage } from './values'

// The words of native/internal/arguments.ts. A TypeError with other words is an accident.
const ours = /must be |must not |is longer than |has unknown flags/

/** Calls a function that may return, or throw a documented error. */
export function documented(syscalls: string[], act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (!isDocumented(error, syscalls)) throw error
    return undefined
  }
}

/** The same for a function that returns a promise. */
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

// Errors of fs.openSync() and spawnSync(), which withLock() and run() call.
function isNodes(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return typeof code === 'string' && (/^(open|spawnSync)/.test(syscall ?? '') || /^ERR_/.test(code))
}
