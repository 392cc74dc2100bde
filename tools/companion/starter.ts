import { die, parse, usage } from '#shared/cli'

process.on('uncaughtException', die)
process.umask(0o022)

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
  usage(`run is yours to write: it was asked to start ${command.join(' ')}`)
}
