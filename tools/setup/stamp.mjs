// What is compiled has the time of its source: steps/shared/loader.cjs sees by that if it's old.
import { statSync, utimesSync } from 'node:fs'

/**
 * Gives a result the time of its source.
 * @param {string} result
 * @param {string} source
 */
export function stamp(result, source) {
  const { atime, mtime } = statSync(source)
  utimesSync(result, atime, mtime)
}

/**
 * Whether a result is there, and was made of the source as it is now.
 * @param {string} result
 * @param {string} source
 */
export function isCurrent(result, source) {
  const found = statSync(result, { throwIfNoEntry: false })
  return found !== undefined && Math.abs(found.mtimeMs - statSync(source).mtimeMs) < 1
}
