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
    usually: "`child` doesn't call sethostname, or never runs, or the name is the host's own.",
    look: 'npm run step -- my-container/main.ts /bin/uname -n',
    call: "sethostname('container') in `child`, before execvp. See sethostname(2).",
    lines: { step: '02-uts', pattern: /sethostname\('|reexec\('child'/ },
  },
  {
    id: 'child-by-hand',
    of: /^started by hand/,
    usually:
      '`child` does its work for anybody who starts it. Typed at a prompt, it is outside all namespaces, and what it changes, it changes on the host.',
    look: 'On a machine that may break: what would node --require tsx/cjs my-container/main.ts child /bin/sh do?',
    call: '`run` starts it as /proc/self/exe, which process.argv0 shows, and nobody types that. Refuse all else.',
    lines: { step: '02-uts', pattern: /argv0|only `run`/ },
  },
  {
    id: 'namespace-unknown',
    usually: "The command is too short-lived to look at, or isn't the process that `run` made.",
    look: 'Start a container, and on the host: lsns --type uts',
    call: 'The cloneflags of spawn(), see clone(2).',
    lines: { step: '02-uts', pattern: /CLONE_NEWUTS/ },
  },
]
