// System calls that reach the whole kernel.
import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { inHost } from '../harness/host'
import { work } from '../harness/work'
import type { Lab } from './lab'
import { absent, type Attempt, capable, judge, type Probe } from './probe'

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
    'a user namespace inside (unshare, clone, clone3)',
    'userns',
    'In a new one anybody gets all capabilities over it, and with them reaches code of the kernel that is full of holes.',
    [13, 'seccomp refuses unshare, clone with CLONE_NEWUSER, and clone3'],
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
  call(
    'reading what the host opens (fanotify_init)',
    'fanotify',
    'CAP_SYS_ADMIN may watch whole file systems, and gets each file that anybody opens there.',
    [12, 'CAP_SYS_ADMIN is dropped'],
  ),
  call(
    'freezing a file system of the host (ioctl(FIFREEZE), fsfreeze)',
    'freeze',
    'A file system belongs to the host, and CAP_SYS_ADMIN may make all its writers wait.',
    [12, 'CAP_SYS_ADMIN is dropped'],
  ),
  {
    name: 'shutting a file system of the host down (ioctl(FS_IOC_SHUTDOWN))',
    why: 'Any file of it is enough for CAP_SYS_ADMIN, such as one given as standard input.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    try: shutDown,
  },
  call(
    'talking to the machine below (AF_VSOCK)',
    'vsock',
    'These sockets lead to the hypervisor, and know no network namespace.',
    [13, 'seccomp refuses the family'],
  ),
  call(
    'the kernel’s ciphers (AF_ALG)',
    'alg',
    'Hardly any program needs them from outside the kernel, and attacks do.',
    [13, 'seccomp refuses the family'],
  ),
  otherNumbers('i386', 20, 'ends the process'),
  otherNumbers('x32', 39, 'says ENOSYS'),
]

// In a way that there isn't: who may gets EINVAL.
async function shutDown({ host, program, target, folder }: Lab): Promise<Attempt> {
  const file = path.join(folder, 'anything')
  fs.writeFileSync(file, '')
  const from = ['/bin/sh', '-c', `exec "$@" < ${file}`, 'sh']
  const [enter, ...words] = [...inHost(host), ...from, program, 'shutdown']
  const allowed = execFileSync(enter as string, words, { encoding: 'utf8' })
  if (!allowed.includes('EINVAL')) return absent(`the host itself: ${allowed}`)
  const { stdout } = await target.run([program, 'shutdown'], { wrap: from })
  return judge(`${stdout}`.includes('EINVAL'), `${stdout}`)
}

const isAnswer = (text: string) => text.includes('done')

/** getpid(2) by another table's number: a filter that knows one table lets the others through. */
function otherNumbers(table: string, getpid: number, how: string): Probe {
  const name = `system calls by ${table}’s numbers`
  const why =
    'The kernel of x64 has three tables of numbers, and a filter of one misses the others.'
  return {
    name,
    why,
    stoppedBy: [13, `seccomp ${how}`],
    async try({ shell }) {
      const words = ['call', table, `${getpid}`]
      const onHost = spawnSync(work().fixture, words, { encoding: 'utf8' })
      if (!isAnswer(onHost.stdout)) return absent('this kernel has no such table')
      const { output } = await shell.ask(`${work().fixture} ${words.join(' ')}`)
      return judge(isAnswer(output), output)
    },
  }
}
