// Which errors are documented. Any other error is a finding.
import { SystemError } from '../all'
import { Sabotage } from './values'

// The words of native/internal/arguments.ts. A TypeError with other words is an accident.
const ours = /must be |must not |is longer than |has unknown flags/

/** Calls a function that may return, or fail with a documented error. */
export async function documented(syscalls: string[], act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (!isDocumented(error, syscalls)) throw error
  }
}

function isDocumented(error: unknown, syscalls: string[]): boolean {
  if (error instanceof SystemError) return isWellFormed(error, syscalls)
  if (error instanceof TypeError || error instanceof RangeError) return ours.test(error.message)
  return error instanceof Sabotage
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
