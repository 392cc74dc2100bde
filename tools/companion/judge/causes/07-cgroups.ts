import { isV2 } from '../../../../test/harness/cgroup'
import type { Cause } from '../cause'
import type { Grouped } from '../scene'
import { late } from './shared'

const fork = /^a fork bomb/
const memory = /memory limit/
const cpu = /^a busy loop/
const group = { step: '07-cgroups', file: 'cgroup.ts' }

// The names of this machine's files: a program that uses #shared/cgroupfs writes those of v2.
const memoryMax = isV2 ? 'memory.max' : 'memory.limit_in_bytes'
const kills = isV2 ? 'memory.events' : 'memory.oom_control'
const cpuMax = isV2
  ? 'cpu.max in its group. It reads "quota period", both in microseconds.'
  : 'cpu.cfs_quota_us and cpu.cfs_period_us in its group, both in microseconds.'
const groups = isV2 ? '/sys/fs/cgroup/container-*' : '/sys/fs/cgroup/*/container-*'

const kernel = "the kernel's Documentation/admin-guide/cgroup-v2.rst"

/** Limits that were set, if the command isn't in a group that has any. */
function elsewhere({ made, command, run }: Grouped): string | false {
  const limited = made.filter(({ limits }) => limits.length > 0)
  const [found] = limited
  if (!found || limited.some(({ procs }) => procs.includes(command))) return false
  const { folder, limits, procs } = found
  const others = procs.length > 0 ? `process ${procs.join(', ')} is` : 'no process is'
  const who = procs.includes(run) ? `the run process (${run}) is` : others
  return `the group ${folder} has the limit ${limits.join(', ')}, and ${who} in it; the command, ${command}, isn't`
}

/** The limit that containers have, whatever the option says. */
function limitOff(
  controller: string,
  of: RegExp,
  option: string,
  files: string,
  unit: string,
): Cause {
  const [name] = option.split(' ')
  return {
    id: `${controller}-limit-off`,
    of,
    async evidence(scene, seen) {
      if (!/^\d/.test(seen)) return undefined // not what the limit is about
      const { made, command } = await scene.grouped()
      const limits = made
        .filter(({ procs }) => procs.includes(command))
        .flatMap(({ limits }) => limits.filter((limit) => limit.startsWith(controller)))
      return (
        limits.length > 0 && `the group of a container without ${name} has ${limits.join(', ')}`
      )
    },
    usually: `There is a limit, but it isn't the one that ${name} asked for.`,
    look: `While a container runs with ${option}: cat ${files}`,
    call: `${unit} See cgroups(7) and ${kernel}.`,
    lines: { ...group, pattern: new RegExp(`${controller}\\.max`) },
  }
}

export const causes: Cause[] = [
  {
    id: 'limits-elsewhere',
    evidence: async (scene) => elsewhere(await scene.grouped()),
    usually:
      "The limits are on another group than the command's. A limit holds for the processes in cgroup.procs of its own group, and of the groups below it, and for no others.",
    look: 'While a container runs, on the host: cat /proc/PID/cgroup, and cat cgroup.procs in the group that has the limits.',
    call: 'Write the pid that beforeExec(pid) gets, not process.pid, into cgroup.procs of the very directory the limits were written to. See cgroups(7).',
    lines: { ...group, pattern: /cgroup\.procs|mkdirSync\(|max`,/ },
  },
  {
    id: 'joined-late',
    async evidence(scene) {
      const { command, first, own, ofFirst } = await scene.grouped()
      return (
        own.length > 0 &&
        first !== undefined &&
        ofFirst.length === 0 &&
        `the command, ${command}, is in ${own[0]}, but ${first}, which it started before it got there, isn't`
      )
    },
    ...late,
  },
  {
    id: 'no-cgroup',
    evidence: async (scene) =>
      (await scene.grouped()).own.length === 0 &&
      'the command is in the same cgroups as the process that started it',
    usually: 'No group was made for the container, or its pid was never written into one.',
    look: 'While a container runs, on the host: cat /proc/PID/cgroup',
    call: 'mkdir a directory below /sys/fs/cgroup, write the limits into its files and the pid into cgroup.procs. See cgroups(7).',
    lines: { ...group, pattern: /mkdirSync\(|writeFileSync\(`/ },
  },
  {
    id: 'proc-elsewhere',
    of: /^the command has its own cgroup/,
    evidence: async (scene) =>
      !(await scene.mounts()).some(({ point }) => point === '/proc') &&
      'nothing is mounted on the /proc of the container',
    usually: "The container's /proc is empty: what was mounted there came before the root changed.",
    look: 'In the container: ls /proc',
    call: "mount('proc', '/proc', 'proc', …) after pivot_root. See proc(5).",
    lines: { step: '06-pivot-root', pattern: /pivot_root\(|mount\('proc'/ },
  },
  {
    id: 'no-cgroup-namespace',
    of: /^the command has its own cgroup/,
    usually:
      'The command sees its group by its path on the host: CLONE_NEWCGROUP is missing, or came before the process was in its group.',
    look: 'In the container: cat /proc/self/cgroup. It should show / and nothing of the host.',
    call: 'unshare(CLONE_NEWCGROUP) in `child`: the current cgroup becomes the visible root. See cgroup_namespaces(7).',
    lines: { step: '07-cgroups', pattern: /unshare\(/ },
  },
  {
    id: 'cgroup-hidden',
    of: /^the container sees its cgroup/,
    usually:
      "No cgroup file system is mounted on the container's /sys/fs/cgroup, or one that it can write to: whoever can write there lifts the limits.",
    look: 'In the container: grep cgroup /proc/mounts; ls /sys/fs/cgroup',
    call: "mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', MS_RDONLY | …), after sysfs is on /sys. See cgroups(7).",
    lines: { step: '07-cgroups', pattern: /'cgroup2'/ },
  },
  limitOff(
    'pids',
    fork,
    '--pids 40',
    'pids.max in its group.',
    'pids.max is a number of processes.',
  ),
  {
    id: 'no-pids-limit',
    of: fork,
    usually: "pids.max of the group wasn't written, or --pids doesn't reach it.",
    look: 'While a container runs, on the host: cat pids.max and pids.current in its group.',
    call: `pids.max, see cgroups(7) and ${kernel}, "PID".`,
    lines: { ...group, pattern: /pids\.max/ },
  },
  limitOff(
    'memory',
    memory,
    '--memory 48M',
    `${memoryMax} in its group.`,
    'memory.max is in bytes.',
  ),
  {
    id: 'killed-in-silence',
    of: memory,
    evidence: async (_, seen) =>
      !/^\d/.test(seen) && 'the command was killed (137), and nobody says why',
    usually:
      'The kernel kills what takes too much memory, and tells nobody: the group counts it, and someone has to look.',
    look: `Before the group is removed: the count oom_kill in its ${kills}.`,
    call: 'Read oom_kill in memory.events in afterEnd, and say so on stderr. See cgroup-v2.rst, "memory.events".',
    lines: { ...group, pattern: /oom_kill|kills\)/ },
  },
  {
    id: 'no-memory-limit',
    of: memory,
    usually: "memory.max of the group wasn't written, or --memory doesn't reach it.",
    look: `While a container runs: cat ${memoryMax} in its group.`,
    call: 'memory.max, and memory.swap.max where there is swap. See cgroup-v2.rst, "Memory".',
    lines: { ...group, pattern: /memory\.max/ },
  },
  limitOff('cpu', cpu, '--cpus 0.4', cpuMax, 'A quota of 0.4 × period is 0.4 of a CPU.'),
  {
    id: 'no-cpu-limit',
    of: cpu,
    usually:
      "cpu.max wasn't written, or quota and period don't have the ratio that --cpus asks for.",
    look: `While a container runs: cat ${cpuMax}`,
    call: 'A quota of 0.4 × period is 0.4 of a CPU. See cgroup-v2.rst, "CPU", and sched(7).',
    lines: { ...group, pattern: /cpu\.max/ },
  },
  {
    id: 'group-left-behind',
    of: /^its cgroup is gone|^the next run removes the cgroup/,
    usually:
      "A group is a directory on the host, and someone has to remove it: the kernel doesn't, even when its last process has gone.",
    look: `ls -d ${groups} after a run, and after kill -9 of one.`,
    call: 'rmdir the group after the end of the command, whichever way it ended; the next run removes one that a killed run left: removeLeftovers() knows those called container-PID. See cgroups(7).',
    lines: { ...group, pattern: /rmdirSync\(|removeLeftovers\(/ },
  },
]
