// System calls that reach the whole kernel.
import { capable, type Probe } from './probe'

const call = (name: string, act: string, why: string, stoppedBy: Probe['stoppedBy']): Probe => ({
  name,
  why,
  stoppedBy,
  try: (lab) => capable(lab, act),
})

export const calls: Probe[] = [
  call(
    'setting the clock (adjtimex)',
    'clock',
    'There is one clock, and CAP_SYS_TIME sets it for everybody.',
    [12, 'CAP_SYS_TIME is dropped'],
  ),
  call(
    'taking the host’s swap away (swapoff)',
    'swapoff',
    'Swap belongs to the machine, and no namespace is in between.',
    [12, 'CAP_SYS_ADMIN is dropped'],
  ),
  call(
    'writing down what every process does (acct)',
    'acct',
    'Accounting belongs to a PID namespace, but CAP_SYS_PACCT is there to ask for it.',
    [12, 'CAP_SYS_PACCT is dropped'],
  ),
  call(
    'looking at the host’s BPF programs, and loading some (bpf)',
    'bpf',
    'A BPF program runs in the kernel and sees all processes.',
    [12, 'CAP_SYS_ADMIN and CAP_BPF are dropped'],
  ),
  call(
    'measuring all processes of the machine (perf_event_open)',
    'perf',
    'CAP_PERFMON may follow what every CPU does, for all users.',
    [12, 'CAP_PERFMON is dropped'],
  ),
  call(
    'a user namespace inside (unshare)',
    'userns',
    'In a new one anybody gets all capabilities over it, and with them reaches code of the kernel that is full of holes.',
    [13, 'seccomp refuses unshare and clone with CLONE_NEWUSER'],
  ),
  call(
    'io_uring_setup',
    'io_uring',
    'A second way to make system calls, with many holes so far, and no filter sees what goes through it.',
    [13, 'seccomp refuses it'],
  ),
  call(
    'userfaultfd',
    'userfaultfd',
    'It stops a thread of the kernel in the middle of a copy: a favourite part of attacks on the kernel.',
    [13, 'seccomp refuses it'],
  ),
]
