// <linux/seccomp.h>: a filter of system calls.
import { flags as known, integer } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** The operation that adds a filter. Each call is judged by all filters of the thread. */
export const { SECCOMP_SET_MODE_FILTER } = constants
/** A filter's answer: the call goes on. */
export const { SECCOMP_RET_ALLOW } = constants
/** A filter's answer: the call fails with the errno in the lower 16 bits. */
export const { SECCOMP_RET_ERRNO } = constants
/** A filter's answer: the process ends by SIGSYS. */
export const { SECCOMP_RET_KILL_PROCESS } = constants
/** The kind of this machine's own calls, as a filter sees it: AUDIT_ARCH_X86_64 or _AARCH64. */
export const { AUDIT_ARCH } = constants
/** The numbers of system calls, by name. Undefined: a call that only other machines have. */
export const numbers: Readonly<Record<string, number | undefined>> = binding.numbers

const INSTRUCTION = 8 // bytes of struct sock_filter
const BPF_MAXINSNS = 4096

/**
 * Adds a filter to the calling thread and to all that it starts. Nothing removes it again. Node's
 * other threads stay without: call it just before execvp(). If that fails, this process still ends
 * with its status, by _exit(): Node's own end makes calls that the filter may refuse.
 *
 * @param operation SECCOMP_SET_MODE_FILTER
 * @param flags 0
 * @param program BPF: up to 4096 instructions of eight bytes, each a struct sock_filter
 * @throws SystemError EACCES (needs no_new_privs or CAP_SYS_ADMIN), EINVAL (no valid program, or a
 *   kernel without CONFIG_SECCOMP_FILTER), ENOMEM (too many filters)
 * @see https://man7.org/linux/man-pages/man2/seccomp.2.html
 */
export function seccomp(operation: number, flags: number, program: Uint8Array): void {
  integer(operation, 'operation', SECCOMP_SET_MODE_FILTER, SECCOMP_SET_MODE_FILTER)
  known(flags, 'flags', 0)
  if (!(program instanceof Uint8Array)) throw new TypeError('program must be a Uint8Array')
  const count = program.length / INSTRUCTION
  if (!Number.isInteger(count) || count < 1 || count > BPF_MAXINSNS)
    throw new RangeError(
      `program must be 1 to ${BPF_MAXINSNS} instructions of ${INSTRUCTION} bytes, ` +
        `not ${program.length} bytes`,
    )
  check(binding.seccomp(operation, flags, program), 'seccomp')
  process.removeListener('exit', endAtOnce).on('exit', endAtOnce)
}

// Node makes calls at its end, io_uring_enter among them, and aborts if they're refused.
const endAtOnce = (status: number) => binding.exit(status)
