// The words on a command line, for commands whose packages are there already.
import { InvalidArgumentError } from 'commander'

/**
 * Reads them; whoever calls it in a way that is none gets status 2, as everywhere in this project.
 *
 * @param {import('commander').Command} command
 * @param {string[]} args
 */
export function parseOptions(command, args) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  command.showHelpAfterError('(--help shows how it is called)')
  return command.parse(args, { from: 'user' })
}

/** What reads a number from 1 to `most`. */
export const wholeNumber =
  (most = 9_999_999_999) =>
  /** @param {string} text */
  (text) => {
    if (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
