import { spawn } from '#native/spawn'
import { die, parse, usage } from '#shared/cli'
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
  default:
    usage()
}

// On the host: starts the child, waits for it, and exits with its status.
async function run(argv: string[]) {
  const { command } = parse(argv)
  const [file, ...args] = command
  process.exitCode = await spawn(file, args, { env })
}
