import type { Cause } from '../cause'
import { flagMissing, mountOfHost } from './shared'

const proc = /^\/proc shows|^`ps`/
const host = /^the host's mounts/

export const causes: Cause[] = [
  flagMissing('mnt', 'CLONE_NEWNS', { step: '04-mount', pattern: /CLONE_NEWNS/ }),
  {
    id: 'not-private',
    of: host,
    async evidence(scene) {
      const shared = (await scene.mountsOnSharingHost()).find(({ tags }) => /shared:/.test(tags))
      return (
        shared &&
        `in /proc/PID/mountinfo of the command, ${shared.point} is ${/shared:\d+/.exec(shared.tags)?.[0]}: whatever is mounted below it appears on the host as well`
      )
    },
    usually:
      'A new mount namespace starts as a copy of the old one, and where the host shares its mounts, as systemd does, the copies keep telling each other about every mount. Nobody made them private.',
    look: 'In a running container: grep shared: /proc/self/mountinfo. On the host: findmnt -o TARGET,PROPAGATION.',
    call: 'The first mount() of `child` makes all mounts private: flags MS_REC and MS_PRIVATE on /. See mount_namespaces(7), "Shared subtrees".',
    lines: { step: '04-mount', pattern: /MS_PRIVATE\)/ },
  },
  {
    id: 'private-too-late',
    of: host,
    evidence: async (scene, seen) =>
      /^new: proc on \/proc\b/.test(seen) &&
      (await scene.hostMounts()).filter(({ point }) => point === '/proc').length === 1 &&
      "the container's /proc reaches the host only if that shares its mounts",
    usually:
      'Something was mounted before the mounts were made private: it went to the host, and stays there.',
    look: 'In which order does `child` mount?',
    call: 'The first mount() of `child` is the one with MS_REC and MS_PRIVATE on /. See mount_namespaces(7), "Shared subtrees".',
    lines: { step: '04-mount', pattern: /mount\(/ },
  },
  {
    id: 'mounted-on-host',
    of: host,
    usually:
      '`run` mounts something, and `run` is on the host; or it unmounts something that the host had.',
    look: 'Compare findmnt before, during and after a run.',
    call: 'All mounts belong in `child`, after the one that makes them private. See mount_namespaces(7).',
    lines: { step: '04-mount', pattern: /mount\(/ },
  },
  {
    id: 'proc-of-host',
    of: proc,
    evidence: (scene) => mountOfHost(scene, '/proc'),
    usually:
      'No new /proc was mounted. A /proc shows the pid namespace it was mounted in, no matter who looks at it.',
    look: 'In the container: ls /proc, and cat /proc/1/cmdline.',
    call: "mount('proc', '/proc', 'proc', …) in `child`, which is already in the new pid namespace. See proc(5).",
    lines: { step: '04-mount', pattern: /mount\('proc'/ },
  },
  {
    id: 'no-proc',
    of: proc,
    usually:
      '/proc is empty or shows another pid namespace: it was mounted somewhere else, or before the namespace existed.',
    look: 'In the container: cat /proc/mounts, and ls /proc.',
    call: "mount('proc', '/proc', 'proc', …) in `child`. See proc(5) and pid_namespaces(7), \"/proc and PID namespaces\".",
    lines: { step: '04-mount', pattern: /mount\('proc'/ },
  },
  {
    id: 'no-own-mounts',
    usually: "The mount namespace of the command couldn't be compared with the host's.",
    look: 'lsns --type mnt on the host, while a container runs.',
    call: 'Add CLONE_NEWNS to the cloneflags of spawn(). See mount_namespaces(7).',
    lines: { step: '04-mount', pattern: /CLONE_NEWNS/ },
  },
]
