// The same mistake at several steps: a namespace that was never asked for.
import type { Namespace } from '../../../../test/harness/proc'
import type { Cause, Lines } from '../cause'

export function flagMissing(kind: Namespace, flag: string, of: RegExp, lines: Lines): Cause {
  return {
    id: `no-${kind}-namespace`,
    of,
    async evidence(scene) {
      const inside = await scene.inside(kind)
      return (
        inside === scene.outside(kind) &&
        `/proc/${(await scene.shell()).pid}/ns/${kind} of the command is ${inside}, and so is the host's: one and the same`
      )
    },
    usually: `${flag} is missing from the flags, so the command is in the host's ${kind} namespace, and what it changes there it changes on the host.`,
    look: `Start a container, and on the host compare the two: sudo readlink /proc/PID/ns/${kind} /proc/self/ns/${kind}`,
    call: `${flag} has to be one of the cloneflags of spawn(): join them with |. See clone(2) and ${manual[kind]}(7).`,
    lines,
  }
}

const manual: Record<Namespace, string> = {
  cgroup: 'cgroup_namespaces',
  ipc: 'ipc_namespaces',
  mnt: 'mount_namespaces',
  net: 'network_namespaces',
  pid: 'pid_namespaces',
  user: 'user_namespaces',
  uts: 'uts_namespaces',
}
