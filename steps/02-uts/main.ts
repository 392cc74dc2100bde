import { CLONE_NEWUTS } from '#native/sched'
import { spawn } from '#native/spawn'
import { execvp, sethostname } from '#native/unistd'
import { die, usage } from '#shared/cli'
import { reexec } from '#shared/reexec'

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
async function run(command: string[]) {
  if (command.length === 0) usage()
  process.exitCode = await spawn('/proc/self/exe', reexec('child', command), {
    cloneflags: CLONE_NEWUTS,
  })
}

// In the container: makes its world, then becomes the command.
function child([file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe')
    usage('only `run` may start `child`: outside its namespaces it would change the host')
  sethostname('container')
  execvp(file, args, env)
}
