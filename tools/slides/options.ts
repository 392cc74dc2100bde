// Options of the sub-commands of npm run slides.
import type { Command } from 'commander'

/** Whoever calls it in a way that is none gets status 2, as everywhere in this project. */
export function parseOptions(command: Command, args: string[]): Command {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  command.showHelpAfterError('(--help shows how it is called)')
  return command.parse(args, { from: 'user' })
}
