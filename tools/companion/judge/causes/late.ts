// A cgroup that is joined too late: seen in a container that runs, or in one that has ended before.
import type { Cause } from '../cause'

export const late: Pick<Cause, 'usually' | 'look' | 'call' | 'lines'> = {
  usually:
    'The pid is written into cgroup.procs when the command runs already. A process is born into the group of its parent, so all that was forked before that moment is free of every limit.',
  look: "Let the command start something at once: run /bin/sh -c 'sleep 99 & wait', and compare /proc/PID/cgroup of both.",
  call: 'Between clone and exec: spawn() calls beforeExec(pid) while the child waits, and that is the place. See clone(2) and cgroups(7).',
  lines: { step: '07-cgroups', pattern: /beforeExec|limit\(pid/ },
}
