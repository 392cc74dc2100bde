// What people see: sentences and progress, on stderr, so that stdout is the contained command's.
import util from 'node:util'

const tty = Boolean(process.stderr.isTTY)
const colours = tty && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

// styleText is newer than the oldest Node that must still be told it's too old.
export const style = (format, text) =>
  colours && util.styleText ? util.styleText(format, text) : text

export const say = (text) => process.stderr.write(`${text}\n`)

/** Something a person can act on: printed without a stack trace. */
export class Problem extends Error {
  constructor(message, status = 1) {
    super(message)
    this.status = status
  }
}

/** Runs a command's main function and turns what it throws into a message and an exit status. */
export async function main(action) {
  process.stderr.on('error', () => {})
  process.stdout.on('error', () => process.exit(1))
  try {
    await action()
  } catch (thrown) {
    const error = /** @type {Error & { status?: number }} */ (thrown)
    if (!(error instanceof Problem))
      say(`Unexpected: ${process.env.DEBUG ? error.stack : error.message}`)
    else say(`${style('red', '✖')} ${error.message}`)
    process.exitCode = error.status ?? 1
  }
}

/**
 * Shows that `action` is under way and for how long. It gets a function to say what's happening.
 * Without a terminal: one line when it starts, one when it ends.
 */
export async function task(title, action) {
  const spinner = tty ? spin(title) : undefined
  if (!tty) say(`… ${title}`)
  const start = performance.now()
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
  try {
    const result = await action(spinner?.detail ?? (() => {}))
    spinner?.stop()
    say(`${style('green', '✔')} ${title} ${style('dim', `(${seconds()})`)}`)
    return result
  } catch (error) {
    spinner?.stop()
    say(`${style('red', '✖')} ${title} ${style('dim', `(${seconds()})`)}`)
    throw error
  }
}

// Not from a package: most of the waiting is for packages.
function spin(title) {
  let frame = 0
  let detail = ''
  const start = Date.now()
  const draw = () => {
    const seconds = `${Math.floor((Date.now() - start) / 1000)} s`
    const room = (process.stderr.columns || 80) - title.length - seconds.length - 6
    const tail = room > 10 ? detail.slice(0, room) : ''
    process.stderr.write(
      `\r\x1b[K${style('cyan', frames[frame++ % frames.length])} ${title} ${style('dim', `${seconds} ${tail}`)}`,
    )
  }
  draw()
  const timer = setInterval(draw, 100)
  return {
    detail: (text) => {
      detail = util.stripVTControlCharacters(text).trim()
    },
    stop: () => {
      clearInterval(timer)
      process.stderr.write('\r\x1b[K')
    },
  }
}
