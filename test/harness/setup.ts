// Once a test run: makes the scratch folder before the first worker starts, and removes it at last.
import { existsSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeWork, work } from './work'

// What tsx keeps for the users that tests become: nobody, and one that no machine has.
const caches = [65534, 64021].map((uid) => join(tmpdir(), `tsx-${uid}`))
let ours: string[] = []

export function setup(): void {
  // An interrupted run leaves nothing either.
  process.once('exit', teardown)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  ours = caches.filter((folder) => !existsSync(folder))
  work()
}

export function teardown(): void {
  removeWork()
  for (const folder of ours) rmSync(folder, { recursive: true, force: true })
}
