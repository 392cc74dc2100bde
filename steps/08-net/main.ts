import { mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import { mount, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC } from '#native/mount'
import { MS_BIND, MS_RDONLY, umount2, MNT_DETACH } from '#native/mount'
import { CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWNET } from '#native/sched'
import { CLONE_NEWCGROUP, unshare } from '#native/sched'
import { spawn } from '#native/spawn'
import { mknod, S_IFCHR } from '#native/stat'
import { execvp, sethostname, pivot_root, ttyname } from '#native/unistd'
import { rootfs } from '#rootfs'
import { die, parse, usage } from '#shared/cli'
import { reexec } from '#shared/reexec'
import { limit, removeCgroup } from './cgroup'
import { connect, disconnect, resolvConf } from './network'

process.on('uncaughtException', die)

const env = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  PS1: 'container:$PWD# ',
  TERM: process.env.TERM,
}

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

// On the host: starts the child, waits for it, and exits with its status.
async function run(argv: string[]) {
  const { command, options } = parse(argv, {
    memory: ['256M', '32M'],
    pids: ['64', '16'],
    cpus: ['1', '0.01'],
  })
  if (command.length === 0) usage()
  process.exitCode = await spawn('/proc/self/exe', reexec('child', command), {
    cloneflags: CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET,
    beforeExec(pid) {
      limit(pid, options)
      connect(pid)
    },
    afterEnd() {
      removeCgroup()
      disconnect()
    },
  })
}

// In the container: makes its world, then becomes the command.
function child([file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe')
    usage('only `run` may start `child`: outside its namespaces it would change the host')
  sethostname('container')
  unshare(CLONE_NEWCGROUP)
  const nameservers = resolvConf()

  // From here on, mounts stay in the container, even if the host's mounts are shared.
  mount(null, '/', null, MS_REC | MS_PRIVATE)
  const tty = ttyname(0)
  const terminal = tty ? openSync(tty, 'r') : undefined

  // The rootfs becomes a mount point, then the root. The old root ends up on top of it.
  mount(rootfs, rootfs, null, MS_BIND | MS_REC)
  process.chdir(rootfs)
  pivot_root('.', '.')
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('thing', '/mytemp', 'tmpfs')
  mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  makeDev(terminal)
  mount('run', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755')
  writeFileSync('/run/resolv.conf', nameservers)
  mount('/run/resolv.conf', '/etc/resolv.conf', null, MS_BIND)
  umount2('.', MNT_DETACH)
  process.chdir('/')

  execvp(file, args, env)
}

// The devices that programs rely on, and no others.
function makeDev(terminal?: number) {
  mount('dev', '/dev', 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k')
  mknod('/dev/null', S_IFCHR | 0o666, 1, 3)
  mknod('/dev/zero', S_IFCHR | 0o666, 1, 5)
  mknod('/dev/full', S_IFCHR | 0o666, 1, 7)
  mknod('/dev/random', S_IFCHR | 0o666, 1, 8)
  mknod('/dev/urandom', S_IFCHR | 0o666, 1, 9)
  mknod('/dev/tty', S_IFCHR | 0o666, 5, 0)

  mkdirSync('/dev/pts')
  mount('devpts', '/dev/pts', 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,mode=620,ptmxmode=666')
  symlinkSync('pts/ptmx', '/dev/ptmx')
  mkdirSync('/dev/shm')
  mount('shm', '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'mode=1777,size=64m')

  symlinkSync('/proc/self/fd', '/dev/fd')
  symlinkSync('/proc/self/fd/0', '/dev/stdin')
  symlinkSync('/proc/self/fd/1', '/dev/stdout')
  symlinkSync('/proc/self/fd/2', '/dev/stderr')

  // Our terminal belongs to the host; inside the container it needs a name.
  if (terminal) {
    writeFileSync('/dev/console', '')
    mount(`/proc/self/fd/${terminal}`, '/dev/console', null, MS_BIND)
  }
}
