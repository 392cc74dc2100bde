import type { Cause } from '../cause'
import { flagMissing } from './flag'

const of = /uts namespace|^the host name is/

export const causes: Cause[] = [
  flagMissing('uts', 'CLONE_NEWUTS', of, { step: '02-uts', pattern: /CLONE_NEWUTS/ }),
  {
    id: 'hostname-on-host',
    of,
    evidence(scene) {
      const { before, now } = scene.hostNames()
      return (
        now !== before &&
        `the host was called ${before} before a container ran, and is called ${now} now`
      )
    },
    usually:
      '`run` calls sethostname, and `run` is on the host: the new namespace belongs to the child alone, which has only copied the name.',
    look: 'Let `run` print hostname() of node:os when the command has ended. (Your machine has kept its name: the judge runs programs on a host made for that.)',
    call: 'sethostname belongs into `child`, which is why the program starts itself again with that verb. See uts_namespaces(7).',
    lines: { step: '02-uts', pattern: /reexec\('child'|^function child|sethostname\('/ },
  },
  {
    id: 'hostname-not-set',
    of: /^the host name is/,
    usually:
      'sethostname is not called in `child`, is called with another name than "container", or `child` never ran.',
    look: 'npm run step -- my-container/main.ts /bin/uname -n',
    call: "sethostname('container') in `child`, before execvp. See sethostname(2).",
    lines: { step: '02-uts', pattern: /sethostname\('|reexec\('child'/ },
  },
  {
    id: 'namespace-unknown',
    of: /uts namespace/,
    usually:
      'The command does not stay long enough to be looked at, or is not the process that `run` made.',
    look: 'Start a container, and on the host: lsns --type uts',
    call: 'cloneflags of spawn(), see clone(2).',
    lines: { step: '02-uts', pattern: /CLONE_NEWUTS/ },
  },
]
