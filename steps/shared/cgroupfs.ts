// The functions of node:fs, for /sys/fs/cgroup on any host. With cgroup v2 they do what their
// namesakes do. On hosts that have v1 controllers they translate the names and values of v2, and a
// group is a directory in the tree of each controller. An ordinary user's groups lie below the one
// that the host has delegated, and have the limits whose controllers it passes on; without one, no
// limit is set.
import * as fs from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { fail } from './cli'
import { delegatedGroup } from './delegated'
import { exists } from './exists'
import { isRootless } from './ids'

const top = '/sys/fs/cgroup'
const delegated = isRootless() ? delegatedGroup(top) : top
const root = delegated ?? top
const here = (path: string) => path.replace(top, root)
const controllers = ['memory', 'pids', 'cpu']
const isV2 = () => exists(`${top}/cgroup.controllers`)

/** Makes a group. @throws Failure if a controller is missing; Node's errors of mkdir(2) */
export function mkdirSync(group: string): void {
  if (!delegated) console.error(unlimited)
  else for (const directory of directories(group)) fs.mkdirSync(directory)
}

/** Removes a group, as far as it's there. @throws Node's EBUSY while a process is in it */
export function rmdirSync(group: string): void {
  if (!delegated) return
  for (const directory of directories(group)) if (exists(directory)) fs.rmdirSync(directory)
}

/** The names of the groups and files of a group. */
export function readdirSync(group: string): string[] {
  if (!delegated) return []
  return [...new Set(directories(group).flatMap((directory) => fs.readdirSync(directory)))]
}

/** What a file says. Empty if the kernel doesn't count this. */
export function readFileSync(path: string): string {
  const [file] = delegated ? files(path, '') : []
  return file && exists(file.path) ? fs.readFileSync(file.path, 'utf8') : ''
}

/**
 * Changes a setting. Ignores one for swap where the kernel doesn't count that.
 *
 * @throws Node's error, with file and value, if the kernel refuses it; TypeError without a string
 */
export function writeFileSync(path: string, value: string): void {
  if (typeof value !== 'string') throw new TypeError(`value must be a string, not ${typeof value}`)
  if (!delegated) return
  if (path === `${top}/cgroup.subtree_control`) enable(value)
  else if (path.endsWith('/cgroup.subtree_control') && !isV2())
    return // v1 has no such list
  else for (const file of files(path, value)) if (isCounted(file.path)) write(file.path, file.value)
}

const asService = 'systemd-run --user --scope --property=Delegate=yes COMMAND'
const unlimited =
  "no limits are set: your session's cgroup isn't delegated to you; " +
  `on a host with cgroup v2, try ${asService}`

const isOptional = (path: string) => isRootless() || /swap|memsw/.test(path)
const isCounted = (path: string) => !isOptional(path) || exists(path)

function write(path: string, value: string): void {
  try {
    fs.writeFileSync(path, value)
  } catch (error) {
    const { message } = error as Error // that of write(2) doesn't name the file
    const named = message.includes(path) ? message : `${message} '${path}'`
    throw Object.assign(error as Error, { message: `${named}: ${value}`, path })
  }
}

// The directories that are a group: with v1, one for each controller.
function directories(group: string): string[] {
  if (isV2()) return [here(group)]
  return controllers.map((controller) => `${tree(controller)}/${relative(top, group)}`)
}

function tree(controller: string): string {
  const path = `${top}/${controller}`
  if (exists(path)) return path
  return fail(
    `this host has no cgroup controller at ${path}`,
    'npm run doctor looks at what there is; in LXC, set lxc.mount.auto = cgroup:rw:force',
  )
}

type Setting = { path: string; value: string }

function files(path: string, value: string): Setting[] {
  if (isV2()) return [{ path: here(path), value }]
  const group = relative(top, dirname(path))
  const [first, second] = value.split(' ')
  const memory = `${tree('memory')}/${group}/memory`
  const cpu = `${tree('cpu')}/${group}/cpu`
  switch (basename(path)) {
    case 'memory.max':
      return [{ path: `${memory}.limit_in_bytes`, value }]
    case 'memory.swap.max': {
      // v1 limits the sum of both.
      const sum = Number(fs.readFileSync(`${memory}.limit_in_bytes`, 'utf8')) + Number(value)
      return [{ path: `${memory}.memsw.limit_in_bytes`, value: `${sum}` }]
    }
    case 'memory.events':
      return [{ path: `${memory}.oom_control`, value }]
    case 'cpu.max':
      // Without a period, v2 keeps the one that it has.
      return [
        ...(second ? [{ path: `${cpu}.cfs_period_us`, value: second }] : []),
        { path: `${cpu}.cfs_quota_us`, value: first },
      ]
    case 'pids.max':
      return [{ path: `${tree('pids')}/${group}/pids.max`, value }]
    default:
      return directories(dirname(path)).map((group) => ({
        path: `${group}/${basename(path)}`,
        value,
      }))
  }
}

// A controller works in a group only if the parent's subtree_control lists it. It stays there:
// others may use it.
function enable(value: string): void {
  if (!isV2()) return
  const present = fs.readFileSync(`${root}/cgroup.controllers`, 'utf8').split(/\s/)
  const missing = controllers.filter((controller) => !present.includes(controller))
  const [first] = missing
  if (first && isRootless()) tellWithheld(missing)
  else if (first) fail(`this host has no cgroup controller ${first}`, whereItIs(first))
  const control = `${root}/cgroup.subtree_control`
  const wanted = value.split(' ').filter((word) => !missing.includes(word.slice(1)))
  try {
    fs.writeFileSync(control, wanted.join(' '))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
    makeRoom()
    fs.writeFileSync(control, wanted.join(' '))
  }
}

// systemd delegates what its configuration names: in older versions cpu isn't among it.
function tellWithheld(missing: string[]): void {
  const names = missing.join(' and ')
  console.error(
    `no limit of ${names} is set: this host doesn't delegate that to you; write ` +
      `Delegate=${controllers.join(' ')} below [Service] with: sudo systemctl edit user@.service`,
  )
}

// Only the root of the whole tree has no type.
function whereItIs(controller: string): string {
  if (!exists(`${root}/cgroup.type`))
    return `boot with cgroup_enable=${controller}, or take it from cgroup v1`
  return `the groups above this container's don't pass it on: ${withHosts}`
}

const withHosts = 'start that container with --privileged --cgroupns=host'

// In a container with its own cgroup namespace, the root is a group with processes, and the kernel
// refuses controllers below such a group. They move into one of their own, as they do in Docker.
function makeRoom(): void {
  const group = `${root}/init`
  const isNew = fs.mkdirSync(group, { recursive: true }) !== undefined
  const [refusal] = moveAll(root, group)
  if (!refusal) return
  if (isNew && moveAll(group, root).length === 0) fs.rmdirSync(group)
  fail(
    `${root} can't give controllers to its groups while it has processes: ${refusal}`,
    isRootless() ? `start it in a group of its own: ${asService}` : withHosts,
  )
}

// Says which ones can't move.
function moveAll(from: string, to: string): string[] {
  const pids = fs.readFileSync(`${from}/cgroup.procs`, 'utf8').match(/\d+/g) ?? []
  const refusals = pids.flatMap((pid) => move(pid, to))
  // What was born meanwhile is in the next list.
  return refusals.length < pids.length ? moveAll(from, to) : refusals
}

function move(pid: string, to: string): string[] {
  if (pid === '0') return ['one is outside of this PID namespace']
  try {
    fs.writeFileSync(`${to}/cgroup.procs`, pid)
    return []
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ESRCH' ? [] : [`moving process ${pid} to ${to} failed with ${code}`] // ended
  }
}
