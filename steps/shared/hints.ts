// What to do about an error whose errno misleads. The manual pages list every cause; these are the
// usual ones.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Hint = string | ((path?: string | null, dest?: string | null) => string | undefined)

const processes = 'a limit on processes is reached: see ulimit -u, and pids.max of the cgroup'
const namespaces = 'a limit on namespaces is reached: see /proc/sys/user/max_*_namespaces'
const getRootfs = 'make a root file system with: npm run rootfs, or name one with ROOTFS=…'
const noSeccomp =
  "this kernel has no filters of system calls (CONFIG_SECCOMP_FILTER): use your distribution's"
const newMounts =
  'this needs Linux 5.12 or later; in a container, its seccomp filter must allow the call: ' +
  'in Docker, start with --privileged; or run step 13'
const securityModule =
  "a security module of this host, such as SELinux, forbids user namespaces: see the kernel's log"
const badRootfs = 'ROOTFS=… must name the directory of a root file system'

const overlays =
  "overlayfs refuses these directories, and the kernel's log says why: dmesg | grep overlayfs. " +
  'If the root file system is on an overlay that is on another, name one elsewhere with ROOTFS=…'

/** By `syscall code`, or `* code` for every other system call. */
const hints: Record<string, Hint> = {
  '* EPERM': privileges,
  'mount EPERM': (path, dest) => covered(dest) ?? oldOverlays(path) ?? privileges(),
  '* EMFILE': 'a limit on open files is reached: see ulimit -n',
  'clone EINVAL': 'this kernel lacks one of these namespaces: compare with ls /proc/self/ns',
  'clone ENOSPC': () => (read(`${sysctl}/user/max_user_namespaces`) === '0' ? allow() : namespaces),
  'clone EACCES': () => allow() ?? securityModule,
  'clone EAGAIN': processes,
  'clone ENOSYS':
    'this needs Linux 5.4 or later; in a container, its seccomp filter must allow pidfd_open',
  'open_tree ENOSYS': newMounts,
  'mount_setattr ENOSYS': newMounts,
  'unshare EINVAL':
    "this kernel lacks the namespace, or a process with threads like Node can't unshare it",
  'unshare ENOSPC': namespaces,
  'prctl EPERM':
    'root without CAP_SETPCAP: in Docker, start with --privileged or --cap-add SETPCAP',
  'setns EINVAL':
    "not a descriptor of such a namespace, or one that a process with threads can't enter",
  'mount EINVAL': (path, dest) =>
    (path === 'overlay' && overlays) ||
    (dest === '/' && immovableRoot()) ||
    "the source has no such file system, the target isn't a mount point, or an option is unknown",
  'mount ENODEV': (path) =>
    `this kernel doesn't know the file system: see /proc/filesystems, or try modprobe ${path}`,
  'mount ENOSPC': 'too many mounts in this namespace: see /proc/sys/fs/mount-max',
  'mount EBUSY': 'already mounted there, or in use: see findmnt, and fuser -m',
  'mount ENOENT': (path, dest) => (path && dest ? missing(path, dest) : undefined),
  'mount ENOTDIR': (_, dest) => `${dest} must be a directory${inRootfs()}`,
  'umount2 EBUSY': 'a process still uses it: find it with fuser -m, or detach with MNT_DETACH',
  'umount2 EINVAL': 'not a mount point: unmount the target, not the source',
  'pivot_root EINVAL': () =>
    immovableRoot() ??
    'the new root must be a mount point (bind mount it on itself), ' +
      'and neither it nor / may be shared (MS_PRIVATE)',
  'pivot_root EBUSY':
    'the new root is the current root or on the same mount: bind mount it on itself first',
  'chroot ENOENT': getRootfs,
  'realpath ENOENT': getRootfs,
  'realpath ENOTDIR': badRootfs,
  'chroot ENOTDIR': badRootfs,
  'chdir ENOTDIR': badRootfs,
  'open ENOTDIR': badRootfs,
  'open ENOENT': (path) =>
    path?.startsWith('/sys/class/net/')
      ? '/sys shows another network namespace: mount it again with mount -t sysfs sysfs /sys'
      : undefined,
  'mount ELOOP': (path, dest) =>
    path === 'overlay'
      ? 'one of the layers lies in another, or in the root file system'
      : `${dest} is a symbolic link: don't trust a root file system that has one there`,
  'write EBUSY':
    "cgroup v2 can't enable controllers in a group that has processes, as inside a container: " +
    'start that container with --cgroupns=host',
  'mkdir EACCES': privileges,
  'open EACCES': privileges,
  'mkdir EROFS': readOnly,
  'open EROFS': readOnly,
  'spawnSync nsenter EAGAIN': processes,
  'spawnSync nft EAGAIN': processes,
  'spawnSync ip EAGAIN': processes,
  'spawnSync ip ENOENT': 'install iproute2',
  'spawnSync nft ENOENT': 'install nftables',
  'spawnSync nsenter ENOENT': 'install util-linux',
  'seccomp EACCES': 'give up new privileges first: prctl(PR_SET_NO_NEW_PRIVS, 1)',
  'seccomp EINVAL': () =>
    existsSync('/proc/sys/kernel/seccomp')
      ? 'no valid filter: each way through it must end in an answer'
      : noSeccomp,
  'seccomp ENOSYS': noSeccomp,
  'execve ENOENT': (path) =>
    path?.includes('/') && existsSync(path) ? 'its interpreter is missing' : undefined,
  'execve EACCES': "it's a directory, or its mode doesn't allow execution: see ls -l",
  'execve ENOEXEC': "it's made for another machine, or empty: see file",
}

/** What to do about this failure, if there is something to say beyond its errno. */
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
  if (existsSync(dest))
    return path.startsWith('/') && !existsSync(path) ? `there is no ${path}` : undefined
  return isInRootfs(dest)
    ? `${dest} is in the root file system, but the root isn't changed yet: that comes first`
    : `there is no ${dest} to mount on${inRootfs()}${wholeRootfs()}`
}

const isInRootfs = (path: string) =>
  existsSync(join(process.env.ROOTFS || join(import.meta.dirname, '../../rootfs/busybox'), path))

// To be made private, / has to be a mount; to be replaced, one on top of another.
function immovableRoot(): string | undefined {
  const mounts = read('/proc/self/mountinfo')
  const [, type] = [...mounts.matchAll(/^(?:\S+ ){4}\/ .* - (\S+) /gm)].at(-1) ?? []
  if (type === 'rootfs')
    return '/ is the initramfs, and nothing can replace that: leave it with switch_root'
  if (type || !mounts) return undefined
  return '/ is no mount point: before the chroot to it, bind mount it on itself'
}

// What containers need to be started with, to make others.
function readOnly(path?: string | null): string | undefined {
  const [, tree] = /^\/(sys|proc)\//.exec(path ?? '') ?? []
  const nspawn = tree === 'sys' ? '--bind=/sys/fs/cgroup' : 'SYSTEMD_NSPAWN_API_VFS_WRITABLE=1'
  const lxc = tree === 'sys' ? 'cgroup:rw:force' : 'proc:rw'
  return tree
    ? 'is this a container? Start it with --privileged (Docker, Podman), ' +
        `${nspawn} (systemd-nspawn), or lxc.mount.auto = ${lxc} (LXC)`
    : undefined
}

// When a step finds something missing in its root file system, that is already `/`: name it.
function inRootfs(): string {
  return process.env.ROOTFS ? ` in ROOTFS=${process.env.ROOTFS}` : ''
}

function wholeRootfs(): string {
  return process.env.ROOTFS
    ? ': make it, or get a complete root file system with npm run rootfs'
    : ': make the directory first'
}

const sysctl = '/proc/sys'
const apparmor = 'apparmor_restrict_unprivileged_userns'

// What lets ordinary users make user namespaces, where the distribution doesn't.
function allow(): string | undefined {
  if (read(`${sysctl}/user/max_user_namespaces`) === '0')
    return 'no user namespaces are allowed here: sudo sysctl user.max_user_namespaces=10000'
  const found = [
    [apparmor, '1'],
    ['unprivileged_userns_clone', '0'],
  ].find(([name, value]) => read(`${sysctl}/kernel/${name}`) === value)
  if (!found) return undefined
  const change = `sudo sysctl kernel.${found[0]}=${found[1] === '1' ? 0 : 1}`
  return `if it makes a user namespace, allow that to ordinary users: ${change}`
}

function privileges(): string | undefined {
  if (process.geteuid?.() !== 0)
    return ['this needs root: run it with sudo', allow()].filter(Boolean).join('; ')
  if (read(`${sysctl}/kernel/${apparmor}`) === '1' && inUserNamespace())
    return (
      "AppArmor takes all privileges from an ordinary user's namespaces: " +
      `sudo sysctl kernel.${apparmor}=0`
    )
  if (!has(CAP_SYS_ADMIN)) return 'root without CAP_SYS_ADMIN: in Docker, start with --privileged'
  if (inUserNamespace())
    return 'root of a user namespace is not root of the host: run it outside of that'
  return undefined
}

// The kernel gives a user namespace no new view of what is hidden from it, as in Docker.
function covered(dest?: string | null): string | undefined {
  const mounts = ofProcess('mountinfo').split('\n')
  const isCovered = mounts.some((line) => line.split(' ')[4]?.startsWith('/proc/'))
  if (dest !== '/proc' || !isCovered || !inUserNamespace()) return undefined
  return (
    `parts of this host's /proc are covered, so a user namespace gets none of its own: ` +
    'in Docker, start with --privileged; or run step 13, which makes no user namespace'
  )
}

function oldOverlays(path?: string | null): string | undefined {
  if (path !== 'overlay' || !inUserNamespace()) return undefined
  return 'a user namespace mounts overlays since Linux 5.11: run step 13, which makes no namespace'
}

const CAP_SYS_ADMIN = 21n

function has(capability: bigint): boolean {
  const set = /^CapEff:\s*(\w+)/m.exec(ofProcess('status'))?.[1] ?? 'f'.repeat(16)
  return ((BigInt(`0x${set}`) >> capability) & 1n) === 1n
}

function inUserNamespace(): boolean {
  return ofProcess('uid_map').trim().split(/\s+/).join(' ') !== '0 0 4294967295'
}

// After pivot_root only the old root has a /proc for a while. It lies on the new one, and `/..`
// leads to what is on top.
const ofProcess = (file: string) => read(`/proc/self/${file}`) || read(`/../proc/self/${file}`)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
