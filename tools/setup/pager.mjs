// Long text on a terminal goes through a pager, as git's does.
import { spawn } from 'node:child_process'
import util from 'node:util'
import { find } from './programs.mjs'

/**
 * Prints a text. If a terminal shows it and has too few rows, $PAGER or less does, which begins at
 * its `end` if that says most. However the pager ends, the exit status stays the command's.
 * @param {string} text
 * @param {{ end?: boolean }} [options]
 */
export async function page(text, { end = false } = {}) {
  const pager = isLong(text) ? (process.env.PAGER ?? (find('less') ? 'less -R' : '')) : ''
  if (pager === '' || !(await shows(pager, text, end))) console.log(text)
}

/** Whether a terminal has no room for it and the next prompt. */
function isLong(text) {
  const { isTTY, rows = 24, columns = 80 } = process.stdout
  if (!isTTY || (process.env.TERM ?? 'dumb') === 'dumb') return false
  const plain = util.stripVTControlCharacters?.(text) ?? text
  const heights = plain.split('\n').map((line) => Math.max(1, Math.ceil(line.length / columns)))
  return heights.reduce((sum, height) => sum + height, 0) >= rows
}

/**
 * Resolves when the pager has ended: to whether it could be started at all.
 * @returns {Promise<boolean>}
 */
function shows(pager, text, end) {
  // less needs R for colours, and with X the last page stays on the terminal, to copy from.
  const LESS = `${process.env.LESS ?? '-RX'}${end ? ' +G' : ''}`
  // Ctrl-C is the pager's: it ends a search.
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
  return new Promise((done) => {
    const child = spawn('/bin/sh', ['-c', pager], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, LESS },
    })
    child.stdin.on('error', () => {}) // a reader who quits has seen enough
    child.stdin.end(`${text}\n`)
    child.once('error', () => done(false))
    child.once('close', (status) => done(status !== 126 && status !== 127)) // as shells say it
  })
}
