// The words on a command line, for commands that run when no package is there yet.
import util from 'node:util'
import { checkPlatform } from './platform.mjs'
import { Problem } from './terminal.mjs'

/** The values of `options`, as parseArgs has them. Shows `usage` for --help, and with status 2 for what is unknown. */
export function words(usage, options = {}) {
  checkPlatform() // a Node that is too old has no parseArgs
  const { help, ...values } = parse(usage, { ...options, help: { type: 'boolean', short: 'h' } })
  if (!help) return values
  console.log(usage)
  process.exit()
}

function parse(usage, options) {
  try {
    return util.parseArgs({ options }).values
  } catch (error) {
    throw new Problem(`${error.message}\n${usage}`, 2)
  }
}
