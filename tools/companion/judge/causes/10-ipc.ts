import type { Cause } from '../cause'
import { flagMissing } from './shared'

export const causes: Cause[] = [
  flagMissing('ipc', 'CLONE_NEWIPC', { step: '10-ipc', pattern: /CLONE_NEWIPC/ }),
  {
    id: 'no-mqueue',
    of: /^\/dev\/mqueue/,
    evidence: async (scene) =>
      !(await scene.mounts()).some(({ type }) => type === 'mqueue') &&
      'no file system of type mqueue is mounted',
    usually: "The queues are the container's own, but there is no place to see them.",
    look: 'In the container: ls /dev/mqueue',
    call: "mount('mqueue', '/dev/mqueue', 'mqueue', …) after /dev was made. See mq_overview(7).",
    lines: { step: '10-ipc', file: 'dev.ts', pattern: /mqueue/ },
  },
  {
    id: 'shm-shared',
    of: /POSIX shared memory/,
    usually:
      "POSIX shared memory is files in /dev/shm: without its own tmpfs there, the container uses the host's or has none.",
    look: 'In the container: grep shm /proc/mounts',
    call: 'Mount a tmpfs on /dev/shm, see shm_overview(7). CLONE_NEWIPC has nothing to do with it.',
    lines: { step: '10-ipc', file: 'dev.ts', pattern: /\/dev\/shm/ },
  },
  {
    id: 'ipc-shared',
    usually: 'One side sees queues, semaphores and shared memory of the other.',
    look: 'ipcs on the host and in the container.',
    call: 'Add CLONE_NEWIPC to the cloneflags of spawn(). See ipc_namespaces(7).',
    lines: { step: '10-ipc', pattern: /CLONE_NEWIPC/ },
  },
]
