import { constants } from 'node:os'
import { numbers } from '#native/seccomp'
import { claim, quote } from './harness/claim'
import { status } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import type { Live } from './harness/target'
import { work } from './harness/work'

/** What reaches the whole machine, or makes a world to be root in. */
const calls = `
  acct add_key adjtimex bpf clock_adjtime clock_settime delete_module fanotify_init finit_module
  fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm
  iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages mount mount_setattr
  move_mount move_pages open_by_handle_at open_tree open_tree_attr perf_event_open pidfd_getfd
  pivot_root process_madvise quotactl quotactl_fd reboot request_key set_mempolicy
  set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog
  umount2 unshare uselib userfaultfd ustat vhangup`.match(/\w+/g) as string[]

const namespaces = {
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
}
const SIGCHLD = 17
const UPPER = 0x100000000 // a bit in the upper half of an argument

const families = { AF_ALG: 38, AF_VSOCK: 40, AF_BLUETOOTH: 31, AF_TIPC: 30, AF_CAN: 29 }
const personalities = { READ_IMPLIES_EXEC: 0x400000, MMAP_PAGE_ZERO: 0x100000 }

export const claims: Claim[] = [
  {
    name: 'the command is under a filter of system calls',
    async check(target) {
      const { pid, runPid } = await target.live()
      const mode = status(pid, 'Seccomp') ?? 'none'
      claim(mode === '2', 'Seccomp: 2 in the status of the command', mode)
      const [own, outer] = [pid, runPid].map((pid) => status(pid, 'Seccomp_filters')) // Linux 5.9
      const meaning = `more filters than the ${outer} of the run process`
      claim(own === undefined || Number(own) > Number(outer), meaning, `${own}`)
    },
  },
  {
    name: 'calls that reach the whole machine are refused, by whatever number',
    async check(target) {
      const known = calls.filter((name) => numbers[name] !== undefined)
      const tried = known.flatMap((name) => [
        tryCall(name, 'own', name, -1, -1, -1, -1, -1, -1),
        tryCall(`${name} of x32`, 'x32', name, -1, -1, -1, -1, -1, -1),
      ])
      await refused(await target.live(), tried)
    },
  },
  {
    name: 'calls of 32-bit programs end the process',
    always: true, // some kernels have none, which ends it too
    async check(target) {
      if (process.arch !== 'x64') return
      // On some kernels a process that tries is ended by SIGSEGV.
      const ends = [128 + constants.signals.SIGSYS, 128 + constants.signals.SIGSEGV]
      const getpid = 20 // in the table of i386
      const shell = await target.live()
      const { output } = await shell.ask(`${work().fixture} call i386 ${getpid}; echo "got $?"`)
      const ended = Number(/got (\d+)$/.exec(output)?.[1])
      claim(ends.includes(ended), 'a process that ends by SIGSYS', quote(output))
    },
  },
  {
    name: 'clone makes no new namespaces, and clone3 is said to be missing',
    async check(target) {
      const tried = Object.entries(namespaces).flatMap(([name, flag]) => [
        tryCall(`clone with ${name}`, 'own', 'clone', flag + SIGCHLD),
        tryCall(`clone with ${name} and more`, 'own', 'clone', UPPER + flag + SIGCHLD),
      ])
      const shell = await target.live()
      await refused(shell, tried)
      const [clone3] = await answers(shell, [tryCall('clone3', 'own', 'clone3', 0, 0)])
      // Nothing else makes libc take clone.
      claim(clone3?.[1] === 'ENOSYS', 'clone3 to fail with ENOSYS', `${clone3?.[1]}`)
    },
  },
  {
    name: 'nothing types into a terminal: TIOCSTI and TIOCLINUX are refused',
    async check(target) {
      const commands = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c }
      const tried = Object.entries(commands).flatMap(([name, number]) => [
        tryCall(name, 'own', 'ioctl', 0, number, 0),
        // The kernel drops the upper half of this argument.
        tryCall(`${name} with a bit above`, 'own', 'ioctl', 0, UPPER + number, 0),
      ])
      await refused(await target.live(), tried)
    },
  },
  {
    name: 'only harmless families of sockets and personalities are left',
    async check(target) {
      const SOCK_DGRAM = 2
      const tried = [
        ...Object.entries(families).flatMap(([name, family]) => [
          tryCall(`socket ${name}`, 'own', 'socket', family, SOCK_DGRAM, 0),
          tryCall(`socket ${name} and more`, 'own', 'socket', UPPER + family, SOCK_DGRAM, 0),
          tryCall(`socketpair ${name}`, 'own', 'socketpair', family, SOCK_DGRAM, 0, -1),
        ]),
        ...Object.entries(personalities).flatMap(([name, bits]) => [
          tryCall(`personality ${name}`, 'own', 'personality', bits),
          tryCall(`personality ${name} and more`, 'own', 'personality', UPPER + bits),
        ]),
      ]
      await refused(await target.live(), tried)
    },
  },
  {
    name: 'threads, children, sockets, debuggers and filters of programs go on working',
    always: true,
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask(`${work().fixture} needs`)
      claim(output === 'all', 'all that ordinary programs need', `failed: ${quote(output)}`)
    },
  },
]

prove('13-seccomp', claims)

/** A name for the attempt, and the words of the fixture that make it. */
type Attempt = [name: string, words: string]

function tryCall(attempt: string, way: 'own' | 'x32', call: string, ...args: number[]): Attempt {
  return [attempt, ['call', way, numbers[call] ?? -1, ...args].join(' ')]
}

/** The errno of each attempt, `done`, or how the process ended. */
async function answers(shell: Live, tried: Attempt[]): Promise<[name: string, answer: string][]> {
  const script = tried.map(([, words]) => `${work().fixture} ${words} || echo "status $?"`)
  const { output } = await shell.ask(script.join('\n'))
  const lines = output.split('\n').filter((line) => /^(errno|status|done)/.test(line))
  claim(lines.length === tried.length, `${tried.length} answers`, quote(output))
  return tried.map(([name], index) => [name, meaning(lines[index] as string)])
}

function meaning(line: string): string {
  const number = Number(/^errno (\d+)/.exec(line)?.[1])
  const found = Object.entries(constants.errno).find(([, value]) => value === number)
  return line === `status ${128 + constants.signals.SIGSYS}` ? 'SIGSYS' : (found?.[0] ?? line)
}

/** Claims that the filter stops them all, whatever their arguments. */
async function refused(shell: Live, tried: Attempt[]): Promise<void> {
  const stops = ['EPERM', 'ENOSYS', 'EACCES', 'EAFNOSUPPORT', 'SIGSYS']
  const through = (await answers(shell, tried)).filter(([, answer]) => !stops.includes(answer))
  const seen = through.map(([name, answer]) => `${name}: ${answer}`)
  claim(seen.length === 0, 'each to fail with EPERM or ENOSYS', seen.slice(0, 12).join(', '))
}
