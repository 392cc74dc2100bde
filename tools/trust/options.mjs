// Options of the tests of faults.
import { InvalidArgumentError } from 'commander'

/** A whole number above 0. */
export function count(text) {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.')
  return Number(text)
}
