// Copies of rootfs/busybox: no test writes into the checkout.
import * as fs from 'node:fs'
import * as path from 'node:path'
import { at } from '../../tools/setup/project.mjs'
import { HarnessError } from './claim'

const copying = { recursive: true, verbatimSymlinks: true }

/** A copy; `isNeeded` leaves files out. */
export function copyRoot(root: string, isNeeded = (_file: string) => true): void {
  const built = at('rootfs', 'busybox')
  if (!fs.existsSync(path.join(built, 'bin')))
    throw new HarnessError('there is no rootfs/busybox: npm run rootfs')
  fs.cpSync(built, root, { ...copying, filter: isNeeded })
}

/** A copy that has some things from a folder of the host, where they are there. */
export function rootWith(root: string, folder: string, names: string[]): void {
  copyRoot(root)
  for (const name of names)
    fs.cpSync(path.join(folder, name), path.join(root, folder, name), copying)
}

export const nameRoot = (root: string, name: string) =>
  fs.writeFileSync(path.join(root, 'which-rootfs'), `${name}\n`)
