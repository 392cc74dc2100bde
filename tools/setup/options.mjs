// A command line, for programs whose packages are installed.
import { InvalidArgumentError } from 'commander'

/**
 * Reads it. A wrong command line exits with 2, as everywhere in this project.
 * @param {import('commander').Command} command
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
