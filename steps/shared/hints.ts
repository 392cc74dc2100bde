// What to do about an error whose errno misleads. The man pages list the causes; these are the usual ones.
import { existsSync, readFileSync } from 'node:fs'

type Hint = string | ((path?: string | null, dest?: string | null) => string | undefined)

const processes = 'a limit on processes is reached: see ulimit -u, and pids.max of the cgroup'

/** `syscall code` or `* code` -> what to do. */
const hints: Record<string, Hint> = {
  '* EPERM': privileges,
  '* EMFILE': 'a limit on open files is reached: see ulimit -n',
  'clone EINVAL': 'this kernel lacks one of these namespaces: compare with ls /proc/self/ns',
  'clone ENOSPC': 'a limit on namespaces is reached: see /proc/sys/user/max_*_namespaces',
  'clone EAGAIN': processes,
  'clone ENOSYS': 'Linux 5.4 or later is needed, and where system calls are filtered, pidfd_open',
  'unshare EINVAL':
    'this kernel lacks the namespace, or the flag can not be used by a process with threads',
  'unshare ENOSPC': 'a limit on namespaces is reached: see /proc/sys/user/max_*_namespaces',
  'setns EINVAL':
    'not a descriptor of such a namespace, or one a process with threads can not enter',
  'mount EINVAL':
    'the source has no such file system, the target is no mount point, or an option is unknown',
  'mount ENODEV': 'this kernel has no such file system: see /proc/filesystems',
  'mount ENOSPC': 'too many mounts in this namespace: see /proc/sys/fs/mount-max',
  'mount EBUSY': 'already mounted there, or in use: see findmnt, and fuser -m',
  'mount ENOENT': (path, dest) => (path && dest ? missing(path, dest) : undefined),
  'mount ENOTDIR': (_, dest) => `${dest} must be a directory${inRootfs()}`,
  'umount2 EBUSY': 'something in it is in use: see fuser -m, or detach it with MNT_DETACH',
  'umount2 EINVAL': 'not a mount point: unmount the target, not the source',
  'pivot_root EINVAL':
    'the new root must be a mount point (bind mount it on itself), and neither it nor / may be shared (MS_PRIVATE)',
  'pivot_root EBUSY':
    'the new root is the current root, or lies on the same mount: bind mount it on itself first',
  'chroot ENOENT': 'make a root file system with: npm run rootfs, or name one with ROOTFS=…',
  'realpath ENOENT': 'make a root file system with: npm run rootfs, or name one with ROOTFS=…',
  'realpath ENOTDIR': 'ROOTFS=… names the directory of a root file system',
  'chroot ENOTDIR': 'ROOTFS=… names the directory of a root file system',
  'chdir ENOTDIR': 'ROOTFS=… names the directory of a root file system',
  'open ENOENT': (path) =>
    path?.startsWith('/sys/class/net/')
      ? '/sys shows another network namespace: mount -t sysfs sysfs /sys'
      : undefined,
  'mount ELOOP': (_, dest) =>
    `${dest} is a symbolic link: a root file system that has one there is not to be trusted`,
  'write EBUSY':
    'of a cgroup: no controller can be enabled in one that has processes, as in a container: start that with --cgroupns=host',
  'mkdir EACCES': privileges,
  'open EACCES': privileges,
  'open EROFS': 'in a container without privileges? In Docker, start it with --privileged',
  'spawnSync nsenter EAGAIN': processes,
  'spawnSync nft EAGAIN': processes,
  'spawnSync ip EAGAIN': processes,
  'spawnSync ip ENOENT': 'install iproute2',
  'spawnSync nft ENOENT': 'install nftables',
  'spawnSync nsenter ENOENT': 'install util-linux',
  'execve ENOENT': (path) =>
    path?.includes('/') && existsSync(path) ? 'its interpreter is missing' : undefined,
  'execve EACCES': 'a directory, or a file that may not be executed: see ls -l',
  'execve ENOEXEC': 'made for another machine, or empty: see file',
}

/** A sentence for this failure, if there is one. */
export function hint(
  code: string,
  syscall: string,
  path?: string | null,
  dest?: string | null,
): string | undefined {
  const found = hints[`${syscall} ${code}`] ?? hints[`* ${code}`]
  return typeof found === 'function' ? found(path, dest) : found
}

function missing(path: string, dest: string): string | undefined {
  if (!existsSync(dest)) return `there is no ${dest} to mount on${inRootfs()}${wholeRootfs()}`
  return path.startsWith('/') && !existsSync(path) ? `there is no ${path}` : undefined
}

// A step sees its root file system as `/` when it finds out what that lacks.
function inRootfs(): string {
  return process.env.ROOTFS ? ` in ROOTFS=${process.env.ROOTFS}` : ''
}

function wholeRootfs(): string {
  return process.env.ROOTFS
    ? ': make it, or take a whole root file system with npm run rootfs'
    : ': make the directory first'
}

function privileges(): string | undefined {
  if (process.geteuid?.() !== 0) return 'this needs root: run it with sudo'
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' && inUserNamespace())
    return 'AppArmor keeps user namespaces without privileges: see apparmor_restrict_unprivileged_userns'
  if (!has(CAP_SYS_ADMIN)) return 'root without CAP_SYS_ADMIN: in Docker, start with --privileged'
  if (inUserNamespace())
    return 'root of a user namespace is not root of the host: run it outside of that'
  return undefined
}

const CAP_SYS_ADMIN = 21n

function has(capability: bigint): boolean {
  const set = /^CapEff:\s*(\w+)/m.exec(read('/proc/self/status'))?.[1] ?? 'f'.repeat(16)
  return ((BigInt(`0x${set}`) >> capability) & 1n) === 1n
}

function inUserNamespace(): boolean {
  return read('/proc/self/uid_map').trim().split(/\s+/).join(' ') !== '0 0 4294967295'
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
