import type { Cause } from '../cause'
import { flagMissing } from './shared'

export const causes: Cause[] = [
  flagMissing('uts', 'CLONE_NEWUTS', { step: '02-uts', pattern: /CLONE_NEWUTS/ }),
  {
    id: 'hostname-on-host',
    evidence(scene) {
      const before = scene.target.hostNameBefore
      const now = scene.target.hostName()
      return (
        now !== before && `the host was called ${before} before a container ran, and is now ${now}`
      )
    },
    usually:
      '`run` calls sethostname, and `run` is on the host: the new namespace belongs to the child alone, which only got a copy of the name.',
    look: 'Let `run` print hostname() of node:os when the command has ended. (Your machine has kept its name: the judge runs programs on a host made for that.)',
    call: 'sethostname belongs in `child`, which is why the program starts itself again with that verb. See uts_namespaces(7).',
    lines: { step: '02-uts', pattern: /reexec\('child'|^function child|sethostname\('/ },
  },
  {
    id: 'hostname-not-set',
    of: /^the host name is/,
    usually:
      '`child` doesn\'t call sethostname, or calls it with another name than "container", or never runs.',
    look: 'npm run step -- my-container/main.ts /bin/uname -n',
    call: "sethostname('container') in `child`, before execvp. See sethostname(2).",
    lines: { step: '02-uts', pattern: /sethostname\('|reexec\('child'/ },
  },
  {
    id: 'namespace-unknown',
    usually: "The command is too short-lived to look at, or isn't the process that `run` made.",
    look: 'Start a container, and on the host: lsns --type uts',
    call: 'The cloneflags of spawn(), see clone(2).',
    lines: { step: '02-uts', pattern: /CLONE_NEWUTS/ },
  },
]
