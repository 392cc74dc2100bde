import { mount, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC } from '#native/mount'
import { CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNS } from '#native/sched'
import { spawn } from '#native/spawn'
import { execvp, sethostname, chroot } from '#native/unistd'
import { rootfs } from '#rootfs'
import { die, parse, usage } from '#shared/cli'
import { reexec } from '#shared/reexec'
import { term } from '#shared/term'

process.on('uncaughtException', die)
process.umask(0o022)

const env = {
  HOME: '/root',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  PS1: 'container:$PWD# ',
  TERM: term(),
}

const [verb, ...rest] = process.argv.slice(2)

switch (verb) {
  case 'run':
    run(rest)
    break
  case 'child':
    child(rest)
    break
  default:
    usage()
}

// On the host: starts the child, waits for it, and exits with its status.
async function run(argv: string[]) {
  const { command } = parse(argv)
  process.exitCode = await spawn('/proc/self/exe', reexec('child', command), {
    cloneflags: CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
  })
}

// In the container: makes its world, then becomes the command.
function child([file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe')
    usage('only `run` may start `child`: outside its namespaces it would change the host')
  sethostname('container')

  // From here on, mounts stay in the container, even if the host's mounts are shared.
  mount(null, '/', null, MS_REC | MS_PRIVATE)
  chroot(rootfs)
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('thing', '/mytemp', 'tmpfs', 0, 'size=8m')
  process.chdir('/')

  execvp(file, args, env)
}
