// Preloaded into the program that is judged: notes the errors that end it, and where they arose.
// The program itself prints no more than a sentence, as it should.
const { openSync, writeSync } = require('node:fs')

// Opened at once, because the root directory changes later. It closes when the command starts.
const path = process.env.CONTAINER_ERRORS
const log = path && openSync(path, 'a')

process.on('uncaughtExceptionMonitor', (thrown) => {
  const { name = 'Error', message = String(thrown), syscall, stack } = Object(thrown)
  const noted = { file: process.argv0, words: process.argv.slice(2) }
  if (log) writeSync(log, `${JSON.stringify({ ...noted, name, message, syscall, stack })}\n`)
})
