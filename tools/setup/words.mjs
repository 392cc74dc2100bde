// The words on a command line, for commands that need no package.
import util from 'node:util'
import { checkPlatform } from './platform.mjs'
import { Problem } from './terminal.mjs'

/** What parseArgs makes of them by `config`. Shows `usage` for --help, and with status 2 for what is unknown. */
export function words(usage, config = {}) {
  checkPlatform() // a Node that is too old has no parseArgs
  const parsed = parse(usage, config)
  if (!parsed.values.help) return parsed
  console.log(usage)
  process.exit()
}

function parse(usage, { options, ...config }) {
  try {
    return util.parseArgs({
      ...config,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new Problem(`${error.message}\n${usage}`, 2)
  }
}
