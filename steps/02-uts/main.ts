import { CLONE_NEWUTS } from '#native/sched'
import { spawn } from '#native/spawn'
import { execvp, sethostname } from '#native/unistd'
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
