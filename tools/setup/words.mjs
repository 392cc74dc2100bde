// The words on a command line, for commands that need no package.
import util from 'node:util'
import { checkPlatform } from './platform.mjs'
import { Problem } from './terminal.mjs'

/**
 * Reads them as parseArgs does. Shows `usage` for --help, and with status 2 for what is unknown.
 * @param {string} usage
 * @param {util.ParseArgsConfig} [config]
 * @returns {{ values: Record<string, any>, positionals: string[] }}
 */
export function words(usage, config = {}) {
  checkPlatform() // a Node that is too old has no parseArgs
  const parsed = parse(usage, config)
  if (!parsed.values.help) return parsed
  console.log(usage)
  process.exit()
}

/**
 * @param {string} usage
 * @param {util.ParseArgsConfig} config
 * @returns {{ values: Record<string, any>, positionals: string[] }}
 */
function parse(usage, { options, ...config }) {
  try {
    return util.parseArgs({
      ...config,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new Problem(`${/** @type {Error} */ (error).message}\n${usage}`, 2)
  }
}
