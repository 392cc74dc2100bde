// <linux/capability.h>: the powers of root, one by one. capabilities(7)
import { integers } from './internal/arguments'
import { binding, constants } from './internal/binding'
import { check } from './internal/errors'

/** Changes the owner and group of any file. */
export const { CAP_CHOWN } = constants
/** Reads, writes and executes files whatever their permissions say. */
export const { CAP_DAC_OVERRIDE } = constants
/** Reads files and searches directories whatever their permissions say; open_by_handle_at(2). */
export const { CAP_DAC_READ_SEARCH } = constants
/** Does to any file what only its owner may: chmod, utime, deletion in a sticky directory. */
export const { CAP_FOWNER } = constants
/** Keeps set-user-ID and set-group-ID bits when it changes a file. */
export const { CAP_FSETID } = constants
/** Sends signals to any process. */
export const { CAP_KILL } = constants
/** Becomes any group. */
export const { CAP_SETGID } = constants
/** Becomes any user. */
export const { CAP_SETUID } = constants
/** Takes capabilities out of the bounding set, and passes others on. */
export const { CAP_SETPCAP } = constants
/** Makes files immutable or append-only, and takes that back. */
export const { CAP_LINUX_IMMUTABLE } = constants
/** Listens on ports below 1024. */
export const { CAP_NET_BIND_SERVICE } = constants
/** Nothing: the kernel never asks for it. */
export const { CAP_NET_BROADCAST } = constants
/** Configures interfaces, addresses, routes and firewalls. */
export const { CAP_NET_ADMIN } = constants
/** Opens raw and packet sockets, as ping and tcpdump do. */
export const { CAP_NET_RAW } = constants
/** Locks memory beyond RLIMIT_MEMLOCK. */
export const { CAP_IPC_LOCK } = constants
/** Uses any System V IPC object, whatever its permissions say. */
export const { CAP_IPC_OWNER } = constants
/** Loads and removes kernel modules. */
export const { CAP_SYS_MODULE } = constants
/** Uses I/O ports, /dev/mem and /proc/kcore. */
export const { CAP_SYS_RAWIO } = constants
/** Calls chroot(2), and enters mount namespaces. */
export const { CAP_SYS_CHROOT } = constants
/** Traces and looks into any process. */
export const { CAP_SYS_PTRACE } = constants
/** Turns process accounting on and off. */
export const { CAP_SYS_PACCT } = constants
/** Mounts, and much more: half of what root can do. */
export const { CAP_SYS_ADMIN } = constants
/** Reboots, and loads a new kernel. */
export const { CAP_SYS_BOOT } = constants
/** Raises priorities, and chooses schedulers and processors for any process. */
export const { CAP_SYS_NICE } = constants
/** Goes beyond quotas and other limits, and raises its own resource limits. */
export const { CAP_SYS_RESOURCE } = constants
/** Sets the clock. */
export const { CAP_SYS_TIME } = constants
/** Hangs up terminals, and configures virtual ones. */
export const { CAP_SYS_TTY_CONFIG } = constants
/** Makes device files. */
export const { CAP_MKNOD } = constants
/** Takes leases on any file. */
export const { CAP_LEASE } = constants
/** Writes to the kernel's audit log, as su and login do. */
export const { CAP_AUDIT_WRITE } = constants
/** Configures the kernel's auditing. */
export const { CAP_AUDIT_CONTROL } = constants
/** Gives capabilities to files. */
export const { CAP_SETFCAP } = constants
/** Goes beyond Smack's rules. */
export const { CAP_MAC_OVERRIDE } = constants
/** Changes the rules of a security module such as Smack. */
export const { CAP_MAC_ADMIN } = constants
/** Reads and clears the kernel's messages, as dmesg does. */
export const { CAP_SYSLOG } = constants
/** Sets timers that wake the machine up. */
export const { CAP_WAKE_ALARM } = constants
/** Keeps the machine from going to sleep. */
export const { CAP_BLOCK_SUSPEND } = constants
/** Reads the kernel's audit log. */
export const { CAP_AUDIT_READ } = constants
/** Observes the performance of the system; since Linux 5.8. */
export const { CAP_PERFMON } = constants
/** Loads BPF programs; since Linux 5.8. */
export const { CAP_BPF } = constants
/** Freezes processes and brings them back; since Linux 5.9. */
export const { CAP_CHECKPOINT_RESTORE } = constants

/** Sets of capabilities, each an array of CAP_*. */
export interface Capabilities {
  /** What the kernel looks for when the thread acts. */
  effective: number[]
  /** What the thread may make effective. */
  permitted: number[]
  /** What a program executed by a user other than root may keep. */
  inheritable: number[]
}

/**
 * Sets the capabilities of the calling thread. What leaves the inheritable or the permitted set
 * leaves the ambient set too. A program that root executes gets those of the bounding set back,
 * unless PR_SET_NO_NEW_PRIVS was set: see prctl().
 *
 * @param capabilities the new sets
 * @throws SystemError EPERM (more than are permitted, or effective ones that aren't permitted)
 * @see https://man7.org/linux/man-pages/man2/capset.2.html
 */
export function capset({ effective, permitted, inheritable }: Capabilities): void {
  check(
    binding.capset(
      bits(effective, 'effective'),
      bits(permitted, 'permitted'),
      bits(inheritable, 'inheritable'),
    ),
    'capset',
  )
}

// One bit for each capability.
function bits(capabilities: unknown, name: string): bigint {
  const unknown = Array.isArray(capabilities) ? capabilities.indexOf(undefined) : -1
  if (unknown !== -1)
    throw new TypeError(`${name}[${unknown}] is undefined: no capability is exported by that name`)
  return integers(capabilities, name, 0, 63).reduce((set, bit) => set | (1n << BigInt(bit)), 0n)
}
