// Places that don't work: for the checkout, and for temporary files.
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './project.mjs'
import { Problem } from './terminal.mjs'

// They have a meaning for cmake, esbuild, tsx or make.
const unreadable = '*:?"<>|;\\[]'
const names = { '\n': 'a line break', '\r': 'a carriage return', '\t': 'a tab' }

/** What's wrong with the checkout's path, if something is. */
export function wrongPath(path = root) {
  const found = [...unreadable, ...Object.keys(names)].filter((one) => path.includes(one))
  if (found.length === 0) return undefined
  const what = found.map((one) => names[one] ?? `the character ${one}`).join(' and ')
  return `its path has ${what}, which cmake, esbuild or tsx can't read: ${path}`
}

/** How to get it right. */
export const otherPath = 'rename the folder, or clone the repository somewhere else'

/** Refuses to work there. */
export function checkPlace() {
  const wrong = wrongPath()
  if (wrong) throw new Problem(`This checkout can't be used: ${wrong}\nPlease ${otherPath}.`)
}

/** Why nothing can be written where temporary files go, if that's so. */
export function wrongTemporary(folder = tmpdir()) {
  try {
    rmdirSync(mkdtempSync(join(folder, 'containers-')))
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    return `nothing can be written to ${folder}, where temporary files go (${code})`
  }
}

/** How to get that right. */
export const otherTemporary = (folder = tmpdir()) =>
  folder === '/tmp' ? 'sudo chmod 1777 /tmp; df /tmp' : 'unset TMPDIR TMP TEMP'

/** Refuses to work without. */
export function checkTemporary() {
  const wrong = wrongTemporary()
  if (wrong) throw new Problem(`This needs temporary files, and ${wrong}. Try: ${otherTemporary()}`)
}
