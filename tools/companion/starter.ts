import { die, usage } from '#shared/cli'

process.on('uncaughtException', die)

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
  usage(`run is yours to write: it was asked to start ${command.join(' ')}`)
}
