import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { die, usage } from '../../native/cli'
import { mount, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC } from '../../native/mount'
import { spawn, reexec, execvp } from '../../native/process'
import { CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNS } from '../../native/sched'
import { sethostname, chroot } from '../../native/unistd'

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
async function run(command: string[]) {
  if (command.length === 0) usage()
  process.exitCode = await spawn('/proc/self/exe', reexec('child', command), {
    cloneflags: CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
  })
}

// In the container: makes its world, then becomes the command.
function child([file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe') usage('child is started by run alone: without namespaces, it would change the host')
  sethostname('container')

  // What is mounted from here on stays in the container, also where the host shares its mounts.
  mount(null, '/', null, MS_REC | MS_PRIVATE)
  chroot(rootfs)
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('thing', '/mytemp', 'tmpfs')
  process.chdir('/')

  execvp(file, args, env)
}
