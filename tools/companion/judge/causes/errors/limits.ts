// Errors of cgroups.
import { isV2 } from '../../../../../test/harness/cgroup'
import type { Cause } from '../../cause'
import { says } from '../says'
import { late } from '../shared'

export const causes: Cause[] = [
  {
    id: 'joined-late',
    evidence: says(
      /ESRCH.*\bwrite\b.*/,
      ([text]) =>
        `${text}: when the pid was written into cgroup.procs, that process had already ended`,
    ),
    ...late,
  },
  {
    id: 'limits-elsewhere',
    evidence: says(/EBUSY.*rmdir '\/sys\/fs\/cgroup.*/, ([text]) => text),
    usually:
      "A process is still in the group when it should go, most often `run` itself: process.pid was written into cgroup.procs in place of the child's pid. A limit holds for the processes in cgroup.procs, and for no others.",
    look: 'While a container runs, on the host: cat /proc/PID/cgroup of both, and cat cgroup.procs in the group that has the limits.',
    call: 'Write the pid that beforeExec(pid) gets, not process.pid. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /cgroup\.procs|rmdirSync\(/ },
  },
  {
    id: 'names-of-v2',
    evidence: (scene) =>
      !isV2 && /E\w+: .* '\/sys\/fs\/cgroup\/container-[^/']*(\/[^']*)?'/.exec(scene.said)?.[0],
    usually:
      'This host has the controllers of cgroup v1, each in another tree: a group right below /sys/fs/cgroup has no files.',
    look: 'ls /sys/fs/cgroup',
    call: "import { mkdirSync, … } from '#shared/cgroupfs', not from node:fs: on such hosts it translates the names and values of v2.",
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /#shared\/cgroupfs/ },
  },
  {
    id: 'no-such-limit',
    evidence: says(/(?:EACCES|ENOENT)\S* .*open '\/sys\/fs\/cgroup\/[^']*'.*/),
    usually:
      "The group has no such file. The kernel makes them, for each controller that its parent's cgroup.subtree_control names; nobody else can.",
    look: `On the host: ls /sys/fs/cgroup${isV2 ? '/*/' : '/*'}; cat /sys/fs/cgroup/cgroup.subtree_control`,
    call: 'memory.max, memory.swap.max, pids.max and cpu.max, after the controllers were switched on for the groups below. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /subtree_control|max`,/ },
  },
  {
    id: 'value-refused',
    evidence: says(/(?:EINVAL|ERANGE)\S* .* write '\/sys\/fs\/cgroup.*/),
    usually:
      'The kernel refuses what is written into this file: another unit, another order, or not a whole number.',
    look: `On the host: cat the files of a group in /sys/fs/cgroup${isV2 ? '' : '/*'}. What they say is what they take.`,
    call: 'memory.max is in bytes, cpu.max "quota period" in microseconds, pids.max a number. See cgroups(7) and the documentation of cgroup v2.',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /(max|procs)`,/ },
  },
  {
    id: 'out-of-memory',
    evidence: says(/^out of memory: .*/m),
    usually: "The limit on memory is too low for anything to run: most likely it isn't in bytes.",
    look: `While a container runs: cat ${isV2 ? 'memory.max' : 'memory.limit_in_bytes'} in its group.`,
    call: 'options.memory is a number of bytes, and so is what memory.max takes. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /memory\.max/ },
  },
  {
    id: 'limits-by-child',
    evidence: says(
      /EEXIST.*mkdir '\/sys\/fs\/cgroup[^']*\D1'/,
      ([text]) => `${text}: 1 is what process.pid is in the container`,
    ),
    usually:
      'The group is made by `child`, in the container: there every container is process 1, and so all groups have one name. Nor may what runs in it set its own limits.',
    look: 'Print process.pid where the group gets its name.',
    call: 'limit(pid, …) in beforeExec(pid), which `run` calls on the host while the child waits.',
    lines: { step: '07-cgroups', pattern: /beforeExec|limit\(pid/ },
  },
  {
    id: 'group-exists',
    evidence: says(/EEXIST.*mkdir '\/sys\/fs\/cgroup.*/),
    usually:
      'The group is there already: an earlier run left it, or a container that still runs has the same name.',
    look: `ls -d /sys/fs/cgroup/${isV2 ? '' : '*/'}container*, after a run and during one`,
    call: 'A name with process.pid in it belongs to one run alone; rmdir the group after the end, and remove what a killed run left.',
    lines: {
      step: '07-cgroups',
      file: 'cgroup.ts',
      pattern: /process\.pid|rmdirSync\(|removeLeftovers\(/,
    },
  },
]
