// Filters of system calls, by what the kernel says that they can answer.
import { existsSync } from 'node:fs'
import { failure, ok } from '../finding.mjs'

const answers = '/proc/sys/kernel/seccomp/actions_avail' // Linux 4.14

export function seccomp() {
  if (existsSync(answers)) return [ok('seccomp', 'system calls can be filtered')]
  return [
    failure(
      'seccomp',
      13,
      'this kernel has no filters of system calls',
      'use the kernel of your distribution (CONFIG_SECCOMP_FILTER)',
    ),
  ]
}
