// Stand-ins for the host: whatever containers and people's commands change there is gone with it.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { writeFileSync } from '#shared/cgroupfs'
import { trees } from './cgroup'
import { keep, type Sandbox } from './sandbox'
import { until } from './waiting'
import { repository } from './work'

/** The id of a user that no machine has. */
export const USER = 54321

const script = path.join(repository, 'test/harness/stand-in.sh')
let made = 0

/**
 * A host for containers: it has its own mounts, name, network, System V objects and cgroups. With
 * a rootfs, that is rootfs/busybox there.
 */
export const hostLike = (rootfs = ''): Promise<Sandbox> =>
  standIn({ rootfs }).then(({ host }) => host)

/**
 * A machine to type at, with everything that hostLike() has, and its own process ids, root of
 * cgroups, /tmp and checkout. With `user`, commands are those of an ordinary user who may use sudo.
 */
export async function machineLike({ user = false } = {}) {
  const id = user ? `${USER}` : ''
  const { host, folder } = await standIn({ checkout: repository, node: process.execPath, user: id })
  const pid = firstChild(host.pid)
  const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--cgroup']
  const enter = ['nsenter', '--target', `${pid}`, ...namespaces]
  if (user) enter.push('setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups')
  return {
    pid,
    /** A folder that is the machine's alone, with `bin` and `home`. */
    folder,
    /** Node, where everybody may execute it. */
    node: path.join(folder, 'bin', 'node'),
    /** A checkout, without a learner's program, that is written in memory. */
    checkout: path.join(folder, 'containers'),
    /** The words before a command that make it run there, as the user if there is one. */
    enter,
    close: host.close,
  }
}

async function standIn({ rootfs = '', checkout = '', node = '', user = '' }) {
  const folder = mkdtempSync(path.join(tmpdir(), `container-host-${process.pid}-`))
  chmodSync(folder, 0o755)
  const group = `tests-${++made}-${process.pid}`
  const remove = async () => {
    rmSync(folder, { recursive: true, force: true })
    await until(() => trees.map((tree) => removeCgroup(path.join(tree, group))).every(Boolean))
  }
  const settings = { rootfs, checkout, node, user, folder, group, trees: trees.join(' ') }
  try {
    writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', '+memory +pids +cpu')
  } catch {} // only limits need them
  try {
    const argv = ['unshare', '--mount', '--propagation', 'private', script, 'outside']
    const host = await keep(argv, { ...process.env, ...settings })
    return { folder, host: { pid: host.pid, close: () => host.close().then(remove) } }
  } catch (error) {
    await remove()
    throw error
  }
}

function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

/** Removes a cgroup and those in it; false as long as a process is on its way out of one. */
function removeCgroup(folder: string): boolean {
  if (!existsSync(folder)) return true
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) rmdirSync(path.join(folder, entry.name))
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}
