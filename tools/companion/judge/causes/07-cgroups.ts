import { cgroupsOf } from '../../../../test/harness/cgroup'
import { until } from '../../../../test/harness/proc'
import { newToken } from '../../../../test/harness/target'
import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { late } from './late'

const limits = /^a fork bomb|^a command that exceeds|^a busy loop/
const own = /^the command has its own cgroup/
const ends = /^its cgroup is gone|^the next run removes the cgroup/
const any = new RegExp([limits, own, ends].map(({ source }) => source).join('|'))
const group = { step: '07-cgroups', file: 'cgroup.ts' }

/** A container from its first instant on: whether its command was outside of its cgroup then, and inside later. */
async function joinedLate(scene: Scene): Promise<number | undefined> {
  const started = scene.target.start(['/bin/sh', '-c', 'echo up; sleep 5; :', newToken()])
  try {
    const pid = await started.commandPid()
    const begin = performance.now()
    if (cgroupsOf(pid, started.pid).length > 0) return undefined
    const joined = await until(() => cgroupsOf(pid, started.pid).length > 0, 4000)
    return joined ? Math.round(performance.now() - begin) : undefined
  } finally {
    await started.kill()
  }
}

export const causes: Cause[] = [
  {
    id: 'limits-elsewhere',
    of: any,
    async evidence(scene) {
      const shell = await scene.shell()
      const groups = await scene.groups()
      const limited = groups.find(
        ({ limits, procs }) => limits.length > 0 && !procs.includes(shell.pid),
      )
      if (
        !limited ||
        groups.some(({ limits, procs }) => limits.length > 0 && procs.includes(shell.pid))
      )
        return false
      const who = limited.procs.includes(shell.runPid)
        ? `the run process (${shell.runPid})`
        : limited.procs.length > 0
          ? `process ${limited.procs.join(', ')}`
          : 'nobody'
      return `the group ${limited.folder} has the limit ${limited.limits.join(', ')}, and in it is ${who}; the command, ${shell.pid}, is not`
    },
    usually:
      'The limits are on another group than the one that the command is in. A limit holds for the processes in cgroup.procs of its own group, and for those below it, and for no other.',
    look: 'While a container runs, on the host: cat /proc/PID/cgroup, and cat cgroup.procs in the group that has the limits.',
    call: 'Write the pid that beforeExec(pid) gets, not process.pid, into cgroup.procs of the very directory that the limits were written to. See cgroups(7).',
    lines: { ...group, pattern: /cgroup\.procs|mkdirSync|writeFileSync\(`\$\{tree\}/ },
  },
  {
    id: 'joined-late',
    of: any,
    async evidence(scene) {
      const milliseconds = await joinedLate(scene)
      return (
        milliseconds !== undefined &&
        `the command ran outside of the group for ${milliseconds} ms and was put into it then; what it had started before stays outside`
      )
    },
    ...late,
  },
  {
    id: 'no-cgroup',
    of: any,
    evidence: async (scene) =>
      (await scene.ownGroups()).length === 0 &&
      'the command is in the same cgroups as the process that started it',
    usually: 'No group was made for the container, or its pid was never written into one.',
    look: 'While a container runs, on the host: cat /proc/PID/cgroup',
    call: 'mkdir a directory below /sys/fs/cgroup, write the limits into its files and the pid into cgroup.procs. See cgroups(7).',
    lines: { ...group, pattern: /mkdirSync\(|writeFileSync\(`/ },
  },
  {
    id: 'no-cgroup-namespace',
    of: own,
    usually:
      'The command sees its group by the path on the host: CLONE_NEWCGROUP is missing, or came before the process was in its group.',
    look: 'In the container: cat /proc/self/cgroup. It should show / and nothing of the host.',
    call: 'unshare(CLONE_NEWCGROUP) in `child`: the group one is in at that moment becomes the root. See cgroup_namespaces(7).',
    lines: { step: '07-cgroups', pattern: /unshare\(/ },
  },
  {
    id: 'no-pids-limit',
    of: /^a fork bomb/,
    usually: 'pids.max of the group was not written, or --pids does not reach it.',
    look: 'While a container runs, on the host: cat pids.max and pids.current in its group.',
    call: 'pids.max, see cgroups(7) and the kernel\'s Documentation/admin-guide/cgroup-v2.rst, "PID".',
    lines: { ...group, pattern: /pids\.max/ },
  },
  {
    id: 'no-memory-limit',
    of: /^a command that exceeds|^a command within/,
    usually:
      'memory.max of the group was not written, --memory does not reach it, or nobody says afterwards that the kernel killed the command.',
    look: 'While a container runs: cat memory.max in its group. After: the count oom_kill in memory.events.',
    call: 'memory.max, and memory.swap.max where there is swap; oom_kill in memory.events is read before the group is removed. See cgroup-v2.rst, "Memory".',
    lines: { ...group, pattern: /memory\.max|oom_kill/ },
  },
  {
    id: 'cpu-limit-off',
    of: /^a busy loop/,
    async evidence(scene) {
      const shell = await scene.shell()
      const limits = (await scene.groups())
        .filter(({ procs }) => procs.includes(shell.pid))
        .flatMap(({ limits }) => limits)
      const cpu = limits.filter((limit) => limit.startsWith('cpu'))
      return cpu.length > 0 && `the group of a container without --cpus has ${cpu.join(', ')}`
    },
    usually:
      'There is a limit, and it is not the one that --cpus asked for; or this machine was too busy to give the container even that much.',
    look: 'Judge it once more when nothing else runs. While a container runs with --cpus 0.4: cat cpu.max in its group.',
    call: 'A quota of 0.4 × period is 0.4 of a CPU. See cgroup-v2.rst, "CPU", and sched(7).',
    lines: { ...group, pattern: /cpu\.max|^const period/ },
  },
  {
    id: 'no-cpu-limit',
    of: /^a busy loop/,
    usually:
      'cpu.max was not written, or quota and period do not have the ratio that --cpus asks for.',
    look: 'While a container runs: cat cpu.max in its group. It reads "quota period", both in microseconds.',
    call: 'A quota of 0.4 × period is 0.4 of a CPU. See cgroup-v2.rst, "CPU", and sched(7).',
    lines: { ...group, pattern: /cpu\.max|^const period/ },
  },
  {
    id: 'group-left-behind',
    of: ends,
    usually:
      'A group is a directory on the host and has to be removed by somebody: the kernel does not do it when the last process has gone.',
    look: 'ls -d /sys/fs/cgroup/container-* /sys/fs/cgroup/*/container-* after a run, and after kill -9 of one.',
    call: 'rmdir the group after the end of the command, whatever way it ended; one that a killed run left is removed by the next run. See cgroups(7).',
    lines: { ...group, pattern: /rmdirSync|leftovers/ },
  },
]
