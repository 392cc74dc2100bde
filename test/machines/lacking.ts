// A program that takes system calls away, as a kernel does that lacks them, then becomes another:
// node lacking.ts '[["seccomp", "ENOSYS"], ["clone", "EINVAL", 268435456]]' COMMAND…
import { SECCOMP_RET_ALLOW, SECCOMP_SET_MODE_FILTER, seccomp } from '#native/seccomp'
import { execvp } from '#native/unistd'
import {
  answer,
  argument,
  assemble,
  errno,
  ifAnyBit,
  ifCall,
  inCall,
  load,
  NUMBER,
} from '#shared/bpf'

/** A call, its answer, and perhaps bits: only a call that has one in its first argument. */
export type Lack = [call: string, error: Parameters<typeof errno>[0], bits?: number]

const [lacks = '[]', file = '', ...args] = process.argv.slice(2)

const parts = (JSON.parse(lacks) as Lack[]).map(([call, error, bits]) =>
  bits ? inCall(call, load(argument(0)), ifAnyBit(bits, errno(error))) : ifCall(call, errno(error)),
)
const program = assemble(load(NUMBER), ...parts, answer(SECCOMP_RET_ALLOW))
seccomp(SECCOMP_SET_MODE_FILTER, 0, program)
execvp(file, args)
