import { realpathSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { die, parse, usage } from '../../native/cli'
import { mount, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_RDONLY, umount2, MNT_DETACH } from '../../native/mount'
import { spawn, reexec, execvp } from '../../native/process'
import { CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWCGROUP, unshare } from '../../native/sched'
import { sethostname, pivot_root, mknod, S_IFCHR, ttyname } from '../../native/unistd'
import { limit, removeCgroup } from './cgroup'

process.on('uncaughtException', die)

const env = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  PS1: 'container:$PWD# ',
  TERM: process.env.TERM,
}

const rootfs = realpathSync.native(process.env.ROOTFS ?? join(import.meta.dirname, '../../rootfs/busybox'))

const [verb, ...argv] = process.argv.slice(2)

switch (verb) {
  case 'run':
    run(argv)
    break
  case 'child':
    child(argv)
    break
  default:
    usage()
}

// On the host: starts the child, waits for its end, and ends with its status.
async function run(argv: string[]) {
  const { command, options } = parse(argv, { memory: ['256M', '32M'], pids: ['64', '16'], cpus: ['1', '0.01'] })
  if (command.length === 0) usage()
  process.exitCode = await spawn('/proc/self/exe', reexec('child', command), {
    cloneflags: CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
    beforeExec(pid) {
      limit(pid, options)
    },
    afterEnd() {
      removeCgroup()
    },
  })
}

// In the container: makes its world, then becomes the command.
function child([file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe') usage('child is started by run alone: without namespaces, it would change the host')
  sethostname('container')
  unshare(CLONE_NEWCGROUP)

  // What is mounted from here on stays in the container, also where the host shares its mounts.
  mount(null, '/', null, MS_REC | MS_PRIVATE)
  const tty = ttyname(0)
  const terminal = tty ? openSync(tty, 'r') : undefined

  // The rootfs becomes a mount of its own and takes the place of the host's root, which ends up on top of it.
  mount(rootfs, rootfs, null, MS_BIND | MS_REC)
  process.chdir(rootfs)
  pivot_root('.', '.')
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('thing', '/mytemp', 'tmpfs')
  mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  makeDev(terminal)
  umount2('.', MNT_DETACH)
  process.chdir('/')

  execvp(file, args, env)
}

// The devices that programs count on, and no other.
function makeDev(terminal?: number) {
  mount('dev', '/dev', 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k')
  const devices = { null: [1, 3], zero: [1, 5], full: [1, 7], random: [1, 8], urandom: [1, 9], tty: [5, 0] }
  for (const [name, [major, minor]] of Object.entries(devices)) mknod(`/dev/${name}`, S_IFCHR | 0o666, major, minor)

  mkdirSync('/dev/pts')
  mount('devpts', '/dev/pts', 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,mode=620,ptmxmode=666')
  symlinkSync('pts/ptmx', '/dev/ptmx')
  mkdirSync('/dev/shm')
  mount('shm', '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'mode=1777,size=64m')

  symlinkSync('/proc/self/fd', '/dev/fd')
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) symlinkSync(`/proc/self/fd/${fd}`, `/dev/${name}`)

  // The terminal one sits at is the host's: in here it needs a name.
  if (terminal) {
    writeFileSync('/dev/console', '')
    mount(`/proc/self/fd/${terminal}`, '/dev/console', null, MS_BIND)
  }
}
