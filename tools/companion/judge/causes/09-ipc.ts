import type { Cause } from '../cause'
import { flagMissing } from './flag'

const any = /ipc namespace|System V|POSIX|\/dev\/mqueue/

export const causes: Cause[] = [
  flagMissing('ipc', 'CLONE_NEWIPC', any, { step: '09-ipc', pattern: /CLONE_NEWIPC/ }),
  {
    id: 'no-mqueue',
    of: /^\/dev\/mqueue/,
    evidence: async (scene) =>
      !(await scene.mounts()).some(({ type }) => type === 'mqueue') &&
      'no file system of type mqueue is mounted',
    usually: "The queues are the container's own, and there is no place where one could see them.",
    look: 'In the container: ls /dev/mqueue',
    call: "mount('mqueue', '/dev/mqueue', 'mqueue', …) after /dev was made. See mq_overview(7).",
    lines: { step: '09-ipc', pattern: /mqueue/ },
  },
  {
    id: 'shm-shared',
    of: /^neither side sees/,
    usually:
      'POSIX shared memory is files in /dev/shm: without a tmpfs of its own there, the container uses that of the host or none.',
    look: 'In the container: grep shm /proc/mounts',
    call: 'A tmpfs on /dev/shm, see shm_overview(7). CLONE_NEWIPC has nothing to do with it.',
    lines: { step: '09-ipc', pattern: /\/dev\/shm/ },
  },
  {
    id: 'ipc-shared',
    of: any,
    usually: 'Queues, semaphores and shared memory of one side can be seen from the other.',
    look: 'ipcs on the host and in the container.',
    call: 'CLONE_NEWIPC among the cloneflags of spawn(). See ipc_namespaces(7).',
    lines: { step: '09-ipc', pattern: /CLONE_NEWIPC/ },
  },
]
