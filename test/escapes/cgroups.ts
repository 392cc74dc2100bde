// Ways to the host's cgroups.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { cgroupsOf } from '../harness/cgroup'
import { HarnessError } from '../harness/claim'
import { mountinfo, parseMounts } from '../harness/proc'
import { until } from '../harness/waiting'
import { type Lab, opensForWriting } from './lab'
import { absent, type Attempt, judge, type Probe } from './probe'

export const cgroups: Probe[] = [
  {
    name: 'cgroup escape by release_agent',
    why: 'On a host with cgroup v1 the container is put into the groups of three controllers. Of the others it sees the root, and in there the name of a program that the kernel runs on the host. On v2 alone there is no such file.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    try: findReleaseAgent,
  },
  {
    name: 'lifting its own limits',
    why: 'The limits stand in the container’s own cgroup, which it can mount writable.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    try: liftLimit,
  },
  {
    name: 'ending what runs in a group of the host (cgroup.kill)',
    why: 'On a host with both versions, the container is in no group of v2 but the root, and sees them all. On v2 alone it sees its own.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    try: killGroup,
  },
]

async function findReleaseAgent(lab: Lab): Promise<Attempt> {
  if (!parseMounts(mountinfo('self')).some(({ type }) => type === 'cgroup'))
    return absent('cgroup v2 only')
  const { output } = await lab.shell.ask(`
    mkdir /mytemp/v1
    for controller in $(tail -n +2 /proc/cgroups | cut -f 1); do
      mount -t cgroup -o $controller v1 /mytemp/v1 2> /dev/null || continue
      if [ -e /mytemp/v1/release_agent ]; then echo $controller; break; fi
      umount /mytemp/v1
    done`)
  if (output === '') return judge(false, 'no group of v1 can be mounted')
  const { held, said } = await opensForWriting(lab, '/mytemp/v1/release_agent')
  await lab.shell.ask('umount /mytemp/v1; rmdir /mytemp/v1')
  return judge(held, `${output} ${said}`)
}

async function liftLimit({ shell, target }: Lab): Promise<Attempt> {
  const v2 = parseMounts(mountinfo('self')).find(
    ({ type, point }) => type === 'cgroup2' && point === '/sys/fs/cgroup',
  )
  if (v2 && /nsdelegate/.test(readFileSync('/proc/self/mounts', 'utf8')))
    return absent('this host delegates cgroups (nsdelegate)')
  const file = v2 ? 'memory.max' : 'memory.limit_in_bytes'
  const limits = cgroupsOf(shell.pid, shell.runPid).map((folder) => path.join(folder, file))
  const limit = limits.find((limit) => existsSync(limit))
  if (limit === undefined && target.user) return absent('no cgroup is left to this user')
  if (limit === undefined)
    throw new HarnessError('the container is in no cgroup with a memory limit')
  const before = readFileSync(limit, 'utf8')
  const mount = v2 ? 'mount -t cgroup2 own /mytemp/cg' : 'mount -t cgroup -o memory own /mytemp/cg'
  const files = v2 ? [file] : ['memory.memsw.limit_in_bytes', file]
  const raise = files.map((name) => `echo 1G > /mytemp/cg/${name}`)
  const { output } = await shell.ask(['mkdir /mytemp/cg', mount, ...raise].join('\n'))
  const now = readFileSync(limit, 'utf8')
  await shell.ask('umount /mytemp/cg; rmdir /mytemp/cg')
  return judge(now !== before, `${file} was ${before.trim()} and is ${now.trim()}; ${output}`)
}

async function killGroup({ shell }: Lab): Promise<Attempt> {
  const v2 = parseMounts(mountinfo('self')).find(({ type }) => type === 'cgroup2')?.point
  if (!v2 || v2 === '/sys/fs/cgroup') return absent('this host has one version of cgroups')
  const group = path.join(v2, `probe-${process.pid}`)
  mkdirSync(group)
  const victim = spawn('sleep', ['infinity'], { stdio: 'ignore' })
  const ended = once(victim, 'exit')
  try {
    writeFileSync(path.join(group, 'cgroup.procs'), `${victim.pid}`)
    if (!existsSync(path.join(group, 'cgroup.kill'))) return absent('this kernel has none')
    const { status, output } = await shell.ask(`mkdir /mytemp/v2
      mount -t cgroup2 v2 /mytemp/v2 && echo 1 > /mytemp/v2/${path.basename(group)}/cgroup.kill`)
    if (status === 0) await ended
    await shell.ask('umount /mytemp/v2; rmdir /mytemp/v2')
    return judge(victim.signalCode === 'SIGKILL', output)
  } finally {
    victim.kill('SIGKILL')
    await ended
    await until(() => /^populated 0$/m.test(readFileSync(`${group}/cgroup.events`, 'utf8')))
    rmdirSync(group)
  }
}
