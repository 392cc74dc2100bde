// A folder for trying things, wherever one can be made.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * @template T
 * @param {(folder: string) => T} act
 */
export function inScratch(act) {
  const folder = makeFolder()
  try {
    return act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFolder() {
  for (const place of [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])
    try {
      return mkdtempSync(join(place, 'doctor-'))
    } catch {
      // The next one, then.
    }
  throw new Error('no folder for temporary files can be written to')
}
