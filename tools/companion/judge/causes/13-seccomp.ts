import { status } from '../../../../test/harness/proc'
import type { Cause } from '../cause'

const filter = { step: '13-seccomp', file: 'filter.ts' }
const whole = /^calls that reach/
const clone = /^clone makes/

export const causes: Cause[] = [
  {
    id: 'no-filter',
    async evidence(scene) {
      const { pid } = await scene.shell()
      return status(pid, 'Seccomp') === '0' && `/proc/${pid}/status of the command has Seccomp: 0`
    },
    usually:
      "There is no filter: the function that sets it isn't called, or is called in another process, or after execvp(), which never returns.",
    look: 'In the container: grep Seccomp /proc/self/status',
    call: 'Call filterSystemCalls() in `child`, as the last thing before execvp(). See seccomp(2).',
    lines: { step: '13-seccomp', pattern: /filterSystemCalls|execvp\(file/ },
  },
  {
    id: 'lets-all-through',
    of: whole,
    evidence: (_, seen) =>
      /^add_key: .*\bbpf: /.test(seen) && 'neither add_key nor bpf is refused, nor what follows',
    usually:
      'Some instruction before the list already answers ALLOW for every call, or the number of the call is not what is loaded when the list is compared with it.',
    look: 'Read your program from its top, for one call such as bpf: which instruction answers?',
    call: 'The first answer ends a filter. load(NUMBER) comes after the comparison of ARCH, then what is refused, and answer(SECCOMP_RET_ALLOW) last. See seccomp(2).',
    lines: { ...filter, pattern: /load\(NUMBER\)|refused\.map|answer\(allow\)/ },
  },
  {
    id: 'newer-than-the-list',
    of: whole,
    evidence: (_, seen) =>
      /^(open_tree_attr|\w+ of x32): [^,]*(, \w+ of x32: [^,]*)*$/.test(seen) &&
      `only numbers above the list's get through: ${seen}`,
    usually:
      "A list of refused calls knows nothing of calls that are newer, nor of x32's numbers, which are a call's own plus 0x40000000.",
    look: 'Which is the newest call that the list knows? cat /usr/include/asm-generic/unistd.h',
    call: "ifAfter(name, answer) of #shared/bpf answers for all numbers above a call's: ENOSYS, as an older kernel would.",
    lines: { ...filter, pattern: /ifAfter\('|ifBetween\('/ },
  },
  {
    id: 'clone3-without-enosys',
    of: clone,
    evidence: (_, seen) => /^(?!clone with)(\S+)$/.test(seen) && `clone3 ends with ${seen}`,
    usually:
      "clone3's flags lie in memory, which a filter can't read. So all of it is refused; and only ENOSYS, “no such call”, makes libc take clone instead. With EPERM, no program could start a thread.",
    look: 'In the container of Debian: perl -e fork, and python3 with threading; strace -f shows clone3, then clone.',
    call: "ifCall('clone3', errno('ENOSYS')). See clone(2).",
    lines: { ...filter, pattern: /clone3/ },
  },
  {
    id: 'clone-flags',
    of: clone,
    evidence: (_, seen) => /^clone with/.test(seen) && seen,
    usually:
      "The flags of clone are bits, and one of CLONE_NEW* among them is enough; they never equal one number alone, because the child's signal is in there too.",
    look: 'In the container: unshare -U id, then the same by clone: strace shows its first argument.',
    call: "inCall('clone', load(argument(0)), ifAnyBit(CLONE_FLAGS, …)). See clone(2), “C library/kernel differences”.",
    lines: { ...filter, pattern: /'clone'/ },
  },
  {
    id: 'terminal-open',
    of: /TIOCSTI/,
    usually:
      "ioctl's second argument is what to do. TIOCSTI puts characters into the terminal that the container shares with your shell, which runs them when the container has ended.",
    look: 'Which argument is loaded? The first is argument(0): a descriptor.',
    call: "inCall('ioctl', load(argument(1)), ifEqual(TIOCSTI, …), ifEqual(TIOCLINUX, …)). See ioctl_tty(2).",
    lines: { ...filter, pattern: /TIOC/ },
  },
  {
    id: 'families-open',
    of: /^only harmless/,
    usually:
      'socket takes a family first, and some know no network namespace: AF_VSOCK talks to the hypervisor, AF_ALG to the crypto code of the kernel. socketpair takes one too. personality takes bits, some of which switch protections off.',
    look: 'In the container: cat /proc/net/protocols; which of them needs a program?',
    call: "inCall('socket', load(argument(0)), …the families that are allowed…, answer(errno('EAFNOSUPPORT'))); the same for socketpair. See socket(2), personality(2).",
    lines: { ...filter, pattern: /families|personalit/ },
  },
  {
    id: 'too-much-refused',
    of: /go on working$/,
    usually: 'The filter refuses something that ordinary programs need, named above.',
    look: 'In a container of Debian with strace: strace -f PROGRAM 2>&1 | grep -E "EPERM|ENOSYS"',
    call: 'Take it out of the list, or refuse only some of its arguments with inCall().',
    lines: { ...filter, pattern: /inCall\('/ },
  },
  {
    id: 'other-machines-calls',
    of: /32-bit/,
    usually:
      "A processor of 64 bits can run calls of 32-bit programs too. They have other numbers: a list of this machine's numbers refuses the wrong ones.",
    look: 'Compile a program with gcc -m32, and run it in the container.',
    call: 'Before the numbers: load(ARCH), unless(AUDIT_ARCH, SECCOMP_RET_KILL_PROCESS). See seccomp(2).',
    lines: { ...filter, pattern: /ARCH/ },
  },
  {
    id: 'not-refused',
    usually: 'The calls named above reach the kernel, in one of the ways that it knows for them.',
    look: 'In the container of Debian: strace shows each call and its errno.',
    call: 'Compare your list with the one of the reference. See seccomp(2), syscalls(2).',
    lines: { ...filter, pattern: /refused/ },
  },
]
