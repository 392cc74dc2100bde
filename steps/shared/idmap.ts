// Showing files to a container as if they were its own: idmapped mounts.
import {
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs'
import { rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AT_EMPTY_PATH, AT_FDCWD, MOUNT_ATTR_IDMAP, mount, mount_setattr } from '#native/mount'
import { MOVE_MOUNT_F_EMPTY_PATH, move_mount, OPEN_TREE_CLONE, open_tree } from '#native/mount'
import { fail } from './cli'
import { isRootless, rootOf } from './ids'
import { inMountsOf } from './mounts'
import { tellStrangers } from './owners'
import { copyShifted } from './shift'

const checkout = resolve(import.meta.dirname, '../..')

/**
 * Shows a root file system to a process in a user namespace of its own: there, and only there, its
 * files have the owners that the namespace maps theirs to. The kernel changes no file. Where the
 * file system can't, the process gets a copy, and a line on stderr says so. The same for this
 * checkout, the program and Node, as far as the process couldn't read them otherwise. Layers belong
 * to the namespace's users, and are shown as they are. An ordinary user's processes see the files
 * as before. Says on stderr if the namespace lacks owners of the root file system's files.
 *
 * @param layers what claimLayers() returns; the first is given to root of the namespace
 * @throws Failure if the checkout can't be shown; SystemError of open_tree(2) and move_mount(2)
 * @see https://man7.org/linux/man-pages/man2/mount_setattr.2.html
 */
export function showFiles(pid: number, rootfs: string, layers: string[] = []): void {
  tellStrangers(pid, rootfs)
  if (isRootless()) return
  const [top, ...older] = layers
  const kept = [...(top ? [top] : []), ...older.map(dirname)]
  if (top) give(top, pid)
  const users = openSync(`/proc/${pid}/ns/user`, 'r')
  const way = wayFor(rootOf(pid, 'uid'))
  const toRootfs = way(rootfs)
  const needed = [checkout, realpathSync(process.argv[1]), process.execPath, ...kept]
  const closed = new Set([...toRootfs, ...needed.flatMap(way)])
  const trees = [...closed].sort().map((path) => ({ path, fd: mappedOrFail(path, users) }))
  const isShown = toRootfs.length > 0
  const fd = isShown ? undefined : mapped(rootfs, users)
  if (fd !== undefined) trees.push({ path: rootfs, fd })
  for (const path of kept) {
    const isOurs = statSync(path).uid === rootOf(pid, 'uid')
    const asIs = () => open_tree(AT_FDCWD, path, OPEN_TREE_CLONE)
    // The top one may be where overlayfs can't write: accepts() finds out, and says so.
    const shown = () => (path === top ? (mapped(path, users) ?? asIs()) : mappedOrFail(path, users))
    trees.push({ path, fd: isOurs ? asIs() : shown() })
  }
  inMountsOf(pid, () => {
    for (const { path, fd } of trees) move_mount(fd, '', AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH)
    if (!isShown && fd === undefined) showCopy(pid, rootfs)
  })
  for (const fd of [users, ...trees.map(({ fd }) => fd)]) closeSync(fd)
}

// To root of the namespace. What an earlier run wrote without one stays as it is.
function give(layer: string, pid: number): void {
  const [uid, gid] = [rootOf(pid, 'uid'), rootOf(pid, 'gid')]
  if (statSync(layer).uid === uid) return
  if (readdirSync(layer).length > 0)
    console.error(`--layer ${layer}: what was written without a user namespace is nobody's now`)
  rmSync(`${layer}/work`, { recursive: true, force: true }) // overlayfs makes it again
  try {
    chownSync(layer, uid, gid)
    if (existsSync(`${layer}/upper`)) chownSync(`${layer}/upper`, uid, gid)
  } catch {} // a file system without owners, such as vfat: accepts() says that overlayfs refuses it
}

// What to mount again for a user on the way to a path: the first directory that keeps others out,
// and every mount below it.
function wayFor(uid: number): (path: string) => string[] {
  const points = mountPoints()
  return (path) => {
    const names = path.split('/').slice(1)
    const steps = names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
    const closed = steps.findIndex((step) => isClosed(step, uid))
    return closed === -1
      ? []
      : steps.slice(closed).filter((step, index) => index === 0 || points.includes(step))
  }
}

function isClosed(path: string, uid: number): boolean {
  const file = statSync(path)
  const needed = file.isDirectory() ? 1 : 4 // to enter it, or to read it
  return (file.mode & needed) === 0 && file.uid !== uid
}

const mountPoints = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4]?.replace(/\\(\d{3})/g, (_, code) => octal(code)))
const octal = (code: string) => String.fromCharCode(Number.parseInt(code, 8))

// A copy of the mount, for the namespace's users; undefined if the file system can't.
function mapped(path: string, users: number): number | undefined {
  const fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE)
  try {
    mount_setattr(fd, '', AT_EMPTY_PATH, { attr_set: MOUNT_ATTR_IDMAP, userns_fd: users })
    return fd
  } catch (error) {
    closeSync(fd)
    if (cannot.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

// What the kernel says of file systems that can't, or where it's older than that call.
const cannot = ['EINVAL', 'EPERM', 'EOPNOTSUPP', 'ENOSYS']

const kinds = 'ext4, xfs or btrfs'

function mappedOrFail(path: string, users: number): number {
  return (
    mapped(path, users) ??
    fail(
      `others can't read ${path}, and its file system can't show it to a container's users`,
      `move it to ${kinds}, or let others read it: chmod o+rx; or run this as an ordinary user`,
    )
  )
}

// Into a tmpfs, which ends with the container.
function showCopy(pid: number, rootfs: string): void {
  console.error(
    `the container gets a copy of ${rootfs} in memory: ` +
      `its file system can't show files to a container's users, as ${kinds} can`,
  )
  const from = `/proc/self/fd/${openSync(rootfs, 'r')}`
  mount('rootfs', rootfs, 'tmpfs', 0, 'mode=755')
  copyShifted(from, rootfs, rootOf(pid, 'uid'), rootOf(pid, 'gid'))
}
