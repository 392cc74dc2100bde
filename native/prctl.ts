// <sys/prctl.h>: what a thread, and the programs it becomes, may still do.
import { choice, integer } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** Takes a capability out of the bounding set. Nothing brings it back. Needs CAP_SETPCAP. */
export const { PR_CAPBSET_DROP } = constants
/** With 1: no program has more privileges than the one that executes it, set-user-ID or not. */
export const { PR_SET_NO_NEW_PRIVS } = constants

/**
 * Changes an attribute of the calling thread. It survives execve(2), and children inherit it.
 *
 * @param option PR_*
 * @param value what the option asks for: a capability, or 1
 * @throws SystemError EPERM (PR_CAPBSET_DROP needs CAP_SETPCAP), EINVAL (no such capability; any
 *   value but 1)
 * @see https://man7.org/linux/man-pages/man2/prctl.2.html
 */
export function prctl(option: number, value: number): void {
  const known = choice(option, 'option', [PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS])
  check(binding.prctl(known, integer(value, 'value', 0, 0x7fffffff)), 'prctl')
}
