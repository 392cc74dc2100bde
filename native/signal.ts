// <signal.h>, <sys/prctl.h> and <sys/wait.h>: signals to a process that can't be mistaken for another, and its end.
import { constants as os } from 'node:os'
import { descriptor, flags, integer } from './arguments'
import { binding, constants } from './binding'
import { check } from './errors'

/** The signal one gets when the thread that started one ends. It is forgotten when user or group change. */
export const { PR_SET_PDEATHSIG } = constants
/** No program executed from now on gains privileges. */
export const { PR_SET_NO_NEW_PRIVS } = constants
/** Orphans among one's descendants become one's children. */
export const { PR_SET_CHILD_SUBREAPER } = constants
/** Whether others may look into the process: 0 or 1. */
export const { PR_SET_DUMPABLE } = constants
/** waitpid() does not wait. */
export const { WNOHANG } = constants
/** waitpid() answers for a stopped child too. */
export const { WUNTRACED } = constants

const PID_MAX = 0x7fffffff
const OPTIONS = [PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE]

/**
 * A descriptor that stands for one process, also when its pid is given to another. Close it with fs.closeSync().
 *
 * @throws SystemError ESRCH (no such process), EINVAL
 * @see https://man7.org/linux/man-pages/man2/pidfd_open.2.html
 */
export function pidfd_open(pid: number): number {
  return check<number>(binding.pidfdOpen(integer(pid, 'pid', 1, PID_MAX)), 'pidfd_open', String(pid))
}

/**
 * Sends a signal to the process behind a pidfd.
 *
 * @param signal a name such as 'SIGTERM', or a number; 0 only asks whether the process is there
 * @throws SystemError ESRCH (it ended), EPERM (needs CAP_KILL, or the same user), EBADF
 * @see https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html
 */
export function pidfd_send_signal(pidfd: number, signal: NodeJS.Signals | number): void {
  const named = typeof signal === 'string' ? os.signals[signal] : signal
  if (named === undefined && typeof signal === 'string') throw new RangeError(`no signal is named ${signal}`)
  check(
    binding.pidfdSendSignal(descriptor(pidfd, 'pidfd'), integer(named, 'signal', 0, 64)),
    'pidfd_send_signal',
  )
}

/**
 * Sets a property of the calling process or thread: one of the PR_SET_* here.
 *
 * @throws SystemError EINVAL (a value the option does not take)
 * @see https://man7.org/linux/man-pages/man2/prctl.2.html
 */
export function prctl(option: number, value: number): void {
  if (!OPTIONS.includes(integer(option, 'option', 0, PID_MAX)))
    throw new RangeError(`prctl option ${option} is none of those exported here`)
  check(binding.prctl(option, integer(value, 'value', 0, PID_MAX)), 'prctl')
}

/**
 * Waits for a child of this process, and the whole thread with it; spawn() waits without that.
 *
 * @param pid a child, or -1 for any, also one of spawn(), which then does not learn how it ended
 * @param options WNOHANG, WUNTRACED, or-ed
 * @returns the child (pid 0 with WNOHANG when none has ended) and its exit code, or the signal that ended it
 * @throws SystemError ECHILD (no such child)
 * @see https://man7.org/linux/man-pages/man2/waitpid.2.html
 */
export function waitpid(pid: number, options = 0) {
  const known = flags(options, 'options', WNOHANG | WUNTRACED)
  return check(
    binding.waitpid(integer(pid, 'pid', -PID_MAX, PID_MAX), known),
    'waitpid',
    String(pid),
  ) as Exclude<ReturnType<typeof binding.waitpid>, number>
}
