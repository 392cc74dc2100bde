// Once a test run: the scratch folder, made before the first worker starts and removed after the last.
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeWork, work } from './work'

// What tsx keeps for the users that tests become: nobody, and one whom no machine has.
const caches = [65534, 64021].map((uid) => join(tmpdir(), `tsx-${uid}`))
let ours: string[] = []

export function setup(): void {
  ours = caches.filter((folder) => !existsSync(folder))
  work()
}

export function teardown(): void {
  removeWork()
  for (const folder of ours) rmSync(folder, { recursive: true, force: true })
}
