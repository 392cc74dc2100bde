// Errors of capabilities and of the filter of system calls.
import type { Cause } from '../../cause'
import type { Scene } from '../../scene'
import { says } from '../says'

/** A call that makes the container, and needs what step 12 and 13 take away. */
const refused = /EPERM\S* .*(?:mount|mount_setattr|pivot_root|sethostname|unshare|clone)\b.*/

/** Whether the line of main.ts that failed stands before another. */
function isBefore({ error, source }: Scene, pattern: RegExp): boolean {
  const [, failed] = /^main\.ts:(\d+)/m.exec(error?.places.join('\n') ?? '') ?? []
  const lines = source.split('\n')
  return failed !== undefined && lines.findLastIndex((line) => pattern.test(line)) >= Number(failed)
}

const filtering = /^ +(?:filterSystemCalls|seccomp)\(/

export const causes: Cause[] = [
  {
    id: 'filter-too-early',
    evidence: (scene) =>
      scene.step >= '13' && !isBefore(scene, filtering) && refused.exec(scene.said)?.[0],
    usually:
      'The filter is set before the container is made, and refuses your own calls. It holds from the moment it is set, for this process and all that it starts.',
    look: 'In which line does the program set the filter, and which calls come after it?',
    call: 'filterSystemCalls() comes last in `child`, right before execvp(). The same holds for capabilities.',
    lines: {
      step: '13-seccomp',
      pattern: /dropCapabilities\(\)|filterSystemCalls\(\)|execvp\(file/,
    },
  },
  {
    id: 'protected-too-early',
    evidence: (scene) =>
      scene.step >= '12' && /EROFS\S* .*open '\/(proc|sys)\/.*/.exec(scene.said)?.[0],
    usually: 'What you write there yourself comes after the moment when it became read-only.',
    look: 'In which order does `child` call them?',
    call: "protect(['/proc/sys', …]) after the last setting is written.",
    lines: { step: '12-capabilities', pattern: /protect\(\[|ping_group_range/ },
  },
  {
    id: 'capset-too-early',
    evidence: (scene) => scene.step >= '12' && /EPERM\S* .*prctl.*/.exec(scene.said)?.[0],
    usually:
      'capset() has given up CAP_SETPCAP, and without it nobody may shrink the bounding set.',
    look: 'In which order does dropCapabilities() call them?',
    call: 'prctl(PR_CAPBSET_DROP, …) first, then capset(). See capabilities(7).',
    lines: {
      step: '12-capabilities',
      file: 'capabilities.ts',
      pattern: /PR_CAPBSET_DROP, |capset\(\{/,
    },
  },
  {
    id: 'prctl-refused',
    evidence: says(/EINVAL\S* .*prctl.*/),
    usually:
      "prctl's other arguments depend on the first, and the kernel refuses any that means nothing.",
    look: 'Print what the call gets, and compare it with its manual page.',
    call: 'prctl(PR_SET_NO_NEW_PRIVS, 1), prctl(PR_CAPBSET_DROP, cap) up to cap_last_cap. See prctl(2).',
    lines: { step: '12-capabilities', file: 'capabilities.ts', pattern: /prctl\(|cap_last_cap/ },
  },
  {
    id: 'unknown-call',
    evidence: says(/.*there is no (system call|error) (named|called) .*/),
    usually: 'A name is misspelt: no machine has a call, or an error, of this name.',
    look: 'The line named above: which words does it get?',
    call: 'syscalls(2) lists the calls, errno(3) the errors.',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /errno\('|ifCall\(/ },
  },
  {
    id: 'dropped-too-early',
    evidence: (scene) => scene.step >= '12' && refused.exec(scene.said)?.[0],
    usually: 'The capabilities are given up before the container is made, which needs them.',
    look: 'In which line does the program give them up, and which calls come after it?',
    call: 'dropCapabilities() comes last in `child`, right before execvp(). See capabilities(7).',
    lines: { step: '12-capabilities', pattern: /dropCapabilities\(\)|execvp\(file/ },
  },
  {
    id: 'no-new-privs',
    evidence: says(/EACCES\S* .*seccomp.*/, ([text]) => text),
    usually:
      'Without CAP_SYS_ADMIN, only a process that gave up new privileges may set a filter: a set-user-ID program under a filter of an attacker would fail in dangerous ways.',
    look: 'Right before seccomp(), print /proc/self/status: NoNewPrivs must be 1.',
    call: 'prctl(PR_SET_NO_NEW_PRIVS, 1) comes first. See seccomp(2), prctl(2).',
    lines: { step: '12-capabilities', file: 'capabilities.ts', pattern: /NO_NEW_PRIVS/ },
  },
  {
    id: 'no-valid-filter',
    evidence: says(/EINVAL\S* .*seccomp.*|program must be .*instructions.*/, ([text]) => text),
    usually:
      'The kernel checks a filter before it takes it: each way through it must end in an answer, and no jump may leave it.',
    look: 'What is the last instruction of your program?',
    call: 'answer(SECCOMP_RET_ALLOW) of #shared/bpf at the end. See seccomp(2).',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /answer\(allow\)/ },
  },
  {
    id: 'exec-refused',
    evidence: says(/(?:EPERM|ENOSYS)\S* .*execve.*/, ([text]) => text),
    usually:
      'The filter refuses execve itself, and so most likely everything. A list of refused calls ends with ALLOW for all others; and while the number is compared, it must be what is loaded.',
    look: 'Read your program from its top, for execve: which instruction answers?',
    call: 'load(NUMBER) after the comparison of ARCH; answer(SECCOMP_RET_ALLOW) at the end. See seccomp(2).',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /load\(NUMBER\)|answer\(allow\)/ },
  },
]
