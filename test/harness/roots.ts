// Root file systems for programs that must not meet what others leave.
import * as fs from 'node:fs'
import * as path from 'node:path'
import { nameRoot, rootWith } from './rootfs'
import { tools, work } from './work'

/** Those that nobody uses, and what each looked like when it was made: to make one takes long. */
const spare: string[] = []
const looks = new Map<string, string>()
let made = 0

/** Makes one, or takes one in which nothing was changed. Its `/which-rootfs` says the name. */
export function newRoot(name = 'test'): string {
  const { folder } = work()
  const root = spare.pop() ?? path.join(folder, `rootfs-${process.pid}-${++made}`)
  if (!looks.has(root)) rootWith(root, folder, tools)
  nameRoot(root, name)
  looks.set(root, look(root))
  return root
}

/** Keeps one for the next who asks, if it's still as it was made. */
export function leaveRoot(root: string): void {
  if (isAsMade(root)) return void spare.push(root)
  looks.delete(root)
  fs.rmSync(root, { recursive: true, force: true })
}

function isAsMade(root: string): boolean {
  try {
    return looks.get(root) === look(root)
  } catch {
    return false // a file has just gone
  }
}

/** All that is in it: a change of a file shows in its time, one of a directory in its names. */
function look(root: string): string {
  const line = (name: string) => {
    const stats = fs.lstatSync(path.join(root, name))
    const { mode, uid, gid, ino, dev, size, ctimeMs } = stats
    return [name, mode, uid, gid, ino, dev, ...(stats.isDirectory() ? [] : [size, ctimeMs])].join()
  }
  return ['', ...fs.readdirSync(root, { recursive: true, encoding: 'utf8' })].map(line).join('\n')
}
