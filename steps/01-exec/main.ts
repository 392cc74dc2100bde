import { spawn } from '#native/spawn'
import { die, usage } from '#shared/cli'

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
  default:
    usage()
}

// On the host: starts the child, waits for it, and exits with its status.
async function run(command: string[]) {
  if (command.length === 0) usage()
  const [file, ...args] = command
  process.exitCode = await spawn(file, args, { env })
}
