import { getSystemErrorMap } from 'node:util'

/** An error that is written for a person: its message is printed as it stands, without a stack trace. */
export class Problem extends Error {
  override name = 'Problem'
}

const ADVICE: Record<string, string> = {
  ENOSPC: 'Free some space, or choose another place with ROOTFS_DIR=/some/directory.',
  EDQUOT: 'Free some space, or choose another place with ROOTFS_DIR=/some/directory.',
  EROFS: 'Choose a place that can be written to with ROOTFS_DIR=/some/directory.',
  EACCES: 'Choose a place of your own with ROOTFS_DIR=/some/directory, or run it as root.',
  EPERM: 'Choose a place of your own with ROOTFS_DIR=/some/directory, or run it as root.',
}

/** What the system said, in its own words: `no space left on device (ENOSPC)`. Looks into `cause`, as `fetch` needs. */
export function systemText(error: unknown): string {
  const { code, errno, cause, message } = error as NodeJS.ErrnoException & { cause?: unknown }
  const text = getSystemErrorMap().get(errno as number)?.[1]
  if (text) return `${text} (${code})`
  if (cause instanceof Error) return systemText(cause)
  return message || code || String(error)
}

/** Makes `error` a sentence that begins with what was attempted. A {@link Problem} stays as it is. */
export function explain(attempt: string, error: unknown): Problem {
  if (error instanceof Problem) return error
  const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? '']
  return new Problem(`${attempt}: ${systemText(error)}.${advice ? ` ${advice}` : ''}`, {
    cause: error,
  })
}
