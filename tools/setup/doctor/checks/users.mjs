// What step 14 needs: user namespaces, and what an ordinary user's container does without.
import { accessSync, constants, existsSync } from 'node:fs'
import { release, userInfo } from 'node:os'
import { find } from '../../programs.mjs'
import { at } from '../../project.mjs'
import { isRoot } from '../../root.mjs'
import { attempt, attemptAsRoot, read } from '../attempt.mjs'
import { failure, note, ok, warning } from '../finding.mjs'
import { loadSystem } from './programs.mjs'

export async function users() {
  const system = await loadSystem()
  const missing = (purpose) => system?.missingPrograms([purpose]) ?? []
  const command = (needs) => system?.installCommand(needs)
  return [
    userNamespaces(),
    ...subordinates(missing('more users'), command),
    ...network(missing('network without root'), command),
    ...ownersOfRootfs(),
    ...layersOfUsers(release()),
    ...limits(),
  ]
}

/** Without them, step 14 needs root as the others do. */
function userNamespaces() {
  const name = 'user namespaces'
  const argv = ['unshare', '--user', '--map-root-user', 'true']
  const ordinary = ['setpriv', '--reuid', '65534', '--clear-groups', ...argv]
  const { worked, said } = attempt(isRoot() && find('setpriv') ? ordinary : argv)
  if (worked) return ok(name, 'an ordinary user can make one')
  if (isRoot() && !attempt(argv).worked)
    return failure(name, 14, `nobody can make one: ${said}`, switchOf())
  const saw = `an ordinary user can't make one: ${said}. Then step 14 needs sudo, as the others do`
  return note(name, saw, switchOf())
}

/** What turns them off, and how to turn them on. */
function switchOf() {
  if (read('/proc/sys/user/max_user_namespaces').trim() === '0')
    return 'sudo sysctl user.max_user_namespaces=10000'
  if (read('/proc/sys/kernel/unprivileged_userns_clone').trim() === '0')
    return 'sudo sysctl kernel.unprivileged_userns_clone=1'
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns').trim() === '1')
    return 'AppArmor keeps them from ordinary users (Ubuntu 23.10 and later): sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'
  return undefined
}

/** More users than one in an ordinary user's container. */
function subordinates(missing, installCommand) {
  const name = 'more users'
  const alone = 'without sudo, the container of step 14 has one user, so su and apt fail in it'
  if (missing.length > 0)
    return [note(name, `newuidmap isn't installed: ${alone}`, installCommand(missing))]
  if (isRoot()) return []
  const { username, uid } = userInfo()
  const isMine = (words) => [username, `${uid}`].includes(words[0]) && Number(words[2]) >= 65536
  const given = ['/etc/subuid', '/etc/subgid'].map((file) =>
    read(file)
      .split('\n')
      .some((line) => isMine(line.split(':'))),
  )
  if (given.every(Boolean)) return [ok(name, 'newuidmap and 65536 ids of your own are there')]
  const saw = `/etc/subuid and /etc/subgid don't give 65536 ids to ${username}: ${alone}`
  const range = '100000-165535' // the one that adduser gives to the first user
  return [note(name, saw, `sudo usermod --add-subuids ${range} --add-subgids ${range} ${username}`)]
}

function network(missing, installCommand) {
  const name = 'network without root'
  if (missing.length === 0) return [ok(name, 'pasta is there')]
  const saw = "pasta isn't installed: without sudo, the container of step 14 reaches no network"
  return [note(name, saw, installCommand(missing))]
}

/** Of root's container. It needs the addon to ask. */
function ownersOfRootfs() {
  const [addon, rootfs] = [at('native/build/Release/native.node'), at('rootfs/busybox')]
  if (![addon, rootfs].every((path) => existsSync(path))) return []
  const name = 'owners of the rootfs'
  const code = `(${tryIdmap})(require('node:fs'), ${JSON.stringify(addon)}, ${JSON.stringify(rootfs)})`
  const tried = attemptAsRoot([process.execPath, '-e', code])
  if (tried.untried || tried.missing) return []
  if (tried.worked) return [ok(name, 'its file system can show them to a user namespace')]
  const saw = `its file system can't show them to a user namespace (${tried.said}): with sudo, step 14 copies it to memory at each start`
  return [warning(name, saw, 'move the checkout to ext4, xfs or btrfs')]
}

/**
 * Runs in a Node of its own, as root: a copy of the mount, for a user namespace.
 * @param {any} fs
 */
function tryIdmap(fs, addon, rootfs) {
  const { openTree, mountSetattr } = require(addon)
  const { spawn } = require('node:child_process')
  const words = ['--user', '--map-root-user', 'sh', '-c', 'echo; read end']
  const other = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  other.stdout.once('data', () => {
    const users = fs.openSync(`/proc/${other.pid}/ns/user`, 'r')
    const tree = openTree(-100, rootfs, 1) // AT_FDCWD, OPEN_TREE_CLONE
    const result = tree < 0 ? tree : mountSetattr(tree, '', 0x1000, 0x100000, 0, 0, users)
    if (result < 0) {
      process.stderr.write(`error ${-result}`)
      process.exitCode = 1
    }
    other.stdin.end()
  })
}

/** Overlayfs marks directories by attributes, which a tmpfs has since Linux 6.6. */
export function layersOfUsers(kernel) {
  const [major, minor] = kernel.split('.').map(Number.parseFloat)
  if (major > 6 || (major === 6 && minor >= 6)) return []
  const saw = `Linux ${kernel}: in step 14, no directory of the rootfs can be removed ("I/O error")`
  const fix = 'for what does, such as apt: --layer with a directory on ext4, xfs or btrfs'
  return [note('layers in memory', saw, fix)]
}

/** An ordinary user limits what is in a cgroup of their own. */
function limits() {
  const top = '/sys/fs/cgroup'
  if (isRoot()) return []
  const own = /^0::\/(.*)$/m.exec(read('/proc/self/cgroup'))?.[1] ?? ''
  const names = own.split('/').filter(Boolean)
  const groups = names.map((_, index) => [top, ...names.slice(0, index + 1)].join('/'))
  const files = ['', '/cgroup.procs', '/cgroup.subtree_control']
  const mine = groups.find((group) => files.every((file) => isWritable(group + file)))
  if (mine) return [limitsIn(mine)]
  const saw = 'no cgroup is delegated to you: without sudo, the container of step 14 has no limits'
  const fix = existsSync(`${top}/cgroup.controllers`)
    ? 'start it with systemd-run --user --scope --property=Delegate=yes'
    : 'boot with cgroup v2 alone: systemd.unified_cgroup_hierarchy=1'
  return [note('your limits', saw, fix)]
}

/** systemd delegates what its configuration names: in older versions cpu isn't among it. */
export function limitsIn(group) {
  const given = read(`${group}/cgroup.controllers`).trim().split(/\s+/)
  const missing = ['memory', 'pids', 'cpu'].filter((name) => !given.includes(name))
  if (missing.length === 0) return ok('your limits', `you may make groups in ${group}`)
  const saw = `${group} is yours, without ${missing.join(' and ')}: without sudo, step 14 doesn't limit that`
  const fix =
    'sudo systemctl edit user@.service, and write below [Service]: Delegate=memory pids cpu'
  return note('your limits', saw, fix)
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
