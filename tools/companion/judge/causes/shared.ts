// Mistakes that show in more than one place.
import type { Namespace } from '../../../../test/harness/proc'
import type { Cause, Lines } from '../cause'
import { Scene } from '../scene'

/** A namespace that was never asked for. */
export function flagMissing(kind: Namespace, flag: string, lines: Lines): Cause {
  return {
    id: `no-${kind}-namespace`,
    async evidence(scene) {
      const file = `/proc/${(await scene.shell()).pid}/ns/${kind}`
      const host = scene.target.outside(kind)
      return (
        (await scene.shares(kind)) &&
        `${file} of the command is ${host}, and so is the host's: they are the same namespace`
      )
    },
    usually: `${flag} is missing from the flags, so the command is in the host's ${kind} namespace, and what it changes there, it changes on the host.`,
    look: `Start a container, and on the host compare the two: sudo readlink /proc/PID/ns/${kind} /proc/self/ns/${kind}`,
    call: `Add ${flag} to the cloneflags of spawn(), joined with |. See clone(2) and ${manual[kind]}(7).`,
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

/** The evidence of a mistake on a host that no other container has changed. */
export async function onFreshHost({ evidence }: Cause, scene: Scene) {
  const target = scene.target.another()
  try {
    await target.ownHost()
    return await evidence?.(new Scene(target, scene.step), '')
  } finally {
    await target.close()
  }
}

/** A sentence that says so, if what the command has at a mount point is the host's file system. */
export async function mountOfHost(scene: Scene, at: string): Promise<string | false> {
  const found = (await scene.mounts()).findLast(({ point }) => point === at)
  const old = (await scene.hostMounts()).find(({ point }) => point === at)
  return (
    found !== undefined &&
    found.dev === old?.dev &&
    `the ${at} of the command is the host's: device ${found.dev} in both`
  )
}

/** A cgroup joined too late shows while a container runs, or only after it has ended. */
export const late: Pick<Cause, 'usually' | 'look' | 'call' | 'lines'> = {
  usually:
    'The pid is written into cgroup.procs when the command is already running. A process is born into the group of its parent, so everything that was forked before that moment escapes every limit.',
  look: "Let the command start something at once: run /bin/sh -c 'sleep 99 & wait', and compare /proc/PID/cgroup of both.",
  call: 'Do it between clone and exec: spawn() calls beforeExec(pid) while the child waits. See clone(2) and cgroups(7).',
  lines: { step: '07-cgroups', pattern: /beforeExec|limit\(pid/ },
}
