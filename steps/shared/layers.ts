// The directories that `--layer` names: checked, locked, and given to overlayfs.
import { chmodSync, lstatSync, mkdirSync, openSync, readdirSync, rmdirSync } from 'node:fs'
import { constants, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { flock, LOCK_EX, LOCK_NB, LOCK_SH } from '#native/file'
import { fail } from './cli'

/**
 * Checks the directories of `--layer NEW:OLD:OLDER`, and locks them until this process ends. NEW is
 * made if it isn't there; it is locked for this process alone, and what lies below is shared.
 *
 * @param list directories, top first, with colons in between; nothing as the first: none to keep
 * @param rootfs what lies below them all
 * @returns the top layer, or '' if there is none to keep, and the `upper` directories of the others
 * @throws Failure for a directory that can't be a layer or is in use, Node's errors of making it
 */
export function claimLayers(list: string | undefined, rootfs: string): string[] {
  const [top = '', ...older] = (list ?? '').split(':')
  if (older.includes('')) fail(`--layer ${list}: a directory is missing after a colon`)
  const below = older.map(find)
  const above = top && (exists(top) ? find(top) : join(find(dirname(top)), basename(top)))
  const layers = above ? [above, ...below] : below
  layers.forEach((layer, index) => {
    const other = [rootfs, ...layers.slice(0, index)].find((path) => overlap(path, layer))
    if (other)
      fail(`--layer ${list}: ${layer} and ${other} are one directory, or lie in each other`)
  })
  const uppers = below.map(claimOlder)
  if (above) claimTop(above)
  return [above, ...uppers]
}

const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined

function find(name: string): string {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(name)
  const hint = name.startsWith('~')
    ? 'after a colon, a shell keeps ~ as it is: write $HOME'
    : undefined
  return fail(`--layer: ${name} ${exists(name) ? 'must be a directory' : "isn't there"}`, hint)
}

function overlap(one: string, other: string): boolean {
  const [short, long] = [`${one}/`, `${other}/`].sort()
  return long.startsWith(short)
}

function claimTop(layer: string): void {
  if (!exists(layer)) mkdirSync(layer)
  lock(layer, LOCK_EX)
  const [other] = readdirSync(layer).filter((file) => file !== 'upper' && file !== 'work')
  if (other) fail(`--layer: ${layer} holds other files, such as ${other}: name a new directory`)
  close(layer)
}

// What root writes in the container may have set-user-ID bits: nobody else gets to it.
function close(layer: string): void {
  try {
    chmodSync(layer, 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    const [owner, me] = [statSync(layer).uid, process.geteuid?.()]
    if (me !== 0 && owner !== me)
      fail(`--layer: ${layer} belongs to another user: name a directory of your own`)
    // A file system without modes, such as vfat: accepts() finds out that overlayfs refuses it.
  }
}

function claimOlder(layer: string): string {
  lock(layer, LOCK_SH)
  const upper = `${layer}/upper`
  if (lstatSync(upper, { throwIfNoEntry: false })?.isDirectory()) return upper
  return fail(`--layer: ${layer} is no layer of an earlier run: it has no directory upper`)
}

// The lock ends with the process, since nothing closes the descriptor.
function lock(layer: string, operation: number): void {
  const fd = openSync(layer, constants.O_DIRECTORY)
  try {
    flock(fd, operation | LOCK_NB)
  } catch (error) {
    // A file system without locks is one that overlayfs only reads.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN')
      fail(`--layer: another container uses ${layer}: wait for its end, or name another`)
  }
}

/** A path of a directory in which overlayfs finds no colon, comma or backslash. */
export function plain(path: string): string {
  return `/proc/self/fd/${openSync(path, constants.O_DIRECTORY)}`
}

/**
 * Mounts with a layer that is kept, if overlayfs accepts its file system; if not, says so on
 * standard error, and leaves the layer as it was.
 *
 * @returns whether it is mounted
 * @throws Failure if there is something in the layer already; other errors of making and mounting
 */
export function accepts(layer: string, mount: () => void): boolean {
  try {
    mount()
    return true
  } catch (error) {
    const words = `--layer ${layer}: ${refusal(error as NodeJS.ErrnoException)}`
    if (!isEmptied(layer)) fail(`${words}, and what an earlier run kept there would not be seen`)
    process.stderr.write(`${words}; what is written ends with the container\n`)
    return false
  }
}

// Overlayfs can't use the attributes or names of some file systems. In one without owners, root of
// a user namespace may not write; nor may this host's root in one of NFS.
function refusal(error: NodeJS.ErrnoException): string {
  const { syscall, code = '' } = error
  if (syscall === 'mount' && code === 'EINVAL')
    return "overlayfs can't write to a file system of this kind"
  const known = syscall === 'mount' ? ['EACCES'] : ['EACCES', 'EPERM', 'EOVERFLOW']
  if (!known.includes(code)) throw error
  return `the container can't write there (${code})`
}

// Whether nothing is in it, or nothing any more. A mount that failed may have made work/work.
function isEmptied(layer: string): boolean {
  try {
    const parts = ['upper', 'work/work', 'work'].map((part) => `${layer}/${part}`)
    for (const part of parts.filter(exists)) rmdirSync(part)
    return true
  } catch {
    return false
  }
}
