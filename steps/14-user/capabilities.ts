// capabilities(7): what root may do, in some forty parts. Programs in a container need these.
import { readFileSync } from 'node:fs'
import { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, capset } from '#native/capability'
import { CAP_AUDIT_WRITE, CAP_KILL, CAP_SETGID, CAP_SETUID } from '#native/capability'
import { CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SYS_CHROOT } from '#native/capability'
import { PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, prctl } from '#native/prctl'

const files = [CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_SYS_CHROOT]
const users = [CAP_AUDIT_WRITE, CAP_KILL, CAP_SETGID, CAP_SETUID]
const network = [CAP_NET_BIND_SERVICE, CAP_NET_RAW]
const kept = [...files, ...users, ...network]

/** Gives up the others for good: no program that this process executes gets them back. */
export function dropCapabilities() {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))
  for (let cap = 0; cap <= last; cap++) if (!kept.includes(cap)) prctl(PR_CAPBSET_DROP, cap)
  capset({ effective: kept, permitted: kept, inheritable: [] })
  prctl(PR_SET_NO_NEW_PRIVS, 1)
}
