// seccomp(2): before each system call the kernel runs a small program of ours, written in BPF.
import { CLONE_FLAGS } from '#native/sched'
import { AUDIT_ARCH, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS } from '#native/seccomp'
import { SECCOMP_SET_MODE_FILTER, seccomp } from '#native/seccomp'
import { ARCH, NUMBER, answer, argument, assemble, errno, ifAfter, ifAnyBit } from '#shared/bpf'
import { ifBetween, ifCall, ifEqual, inCall, load, unless } from '#shared/bpf'

// They change or read what belongs to the whole machine, or make a world to be root in.
const refused = `
  acct add_key adjtimex bpf clock_adjtime clock_settime delete_module fanotify_init finit_module
  fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm
  iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages mount mount_setattr
  move_mount move_pages open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root
  process_madvise quotactl quotactl_fd reboot request_key set_mempolicy set_mempolicy_home_node
  setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog umount2 unshare uselib
  userfaultfd ustat vhangup`.match(/\w+/g) as string[]

const families = [1, 2, 10, 16, 17] // of sockets: AF_UNIX, _INET, _INET6, _NETLINK, _PACKET
const personalities = 0x60008 // harmless bits: ADDR_NO_RANDOMIZE, UNAME26, PER_LINUX32
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c

/** Refuses system calls to this process and all that it starts, for good. */
export function filterSystemCalls() {
  const [allow, refuse, unknown] = [SECCOMP_RET_ALLOW, errno('EPERM'), errno('ENOSYS')]
  const known = families.flatMap((family) => ifEqual(family, allow))
  const program = assemble(
    load(ARCH), // another machine's calls have other numbers
    unless(AUDIT_ARCH, SECCOMP_RET_KILL_PROCESS),
    load(NUMBER),
    ifAfter('fchmodat2', unknown), // all that is newer than this list, and x32's
    ifBetween('rseq', 'pidfd_send_signal', unknown), // where x64 still gets new ones
    ...refused.map((name) => ifCall(name, refuse)),
    ifCall('clone3', unknown), // BPF can't read memory, where its flags are: libc takes clone
    inCall('clone', load(argument(0)), ifAnyBit(CLONE_FLAGS, refuse)),
    inCall('ioctl', load(argument(1)), ifEqual(TIOCSTI, refuse), ifEqual(TIOCLINUX, refuse)),
    inCall('personality', load(argument(0)), ifEqual(~0, allow), ifAnyBit(~personalities, refuse)),
    inCall('socket', load(argument(0)), known, answer(errno('EAFNOSUPPORT'))),
    inCall('socketpair', load(argument(0)), known, answer(errno('EAFNOSUPPORT'))),
    answer(allow),
  )
  seccomp(SECCOMP_SET_MODE_FILTER, 0, program)
}
