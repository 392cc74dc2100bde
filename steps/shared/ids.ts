// Who the users of a container are on the host: user_namespaces(7).
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { fail } from './cli'
import { run } from './command'

/** Whether an ordinary user has started this. */
export const isRootless = () => process.geteuid?.() !== 0

/** Users or groups of a container: the first ID inside, the first one outside, and how many. */
type Range = [inside: number, outside: number, count: number]

const count = 65536

// Far from what /etc/subuid gives to people.
const unprivileged = 0x7fff0000

/**
 * Gives users and groups to the user namespace of a process, which has none yet. Root's containers
 * get an unprivileged range. An ordinary user is root inside; /etc/subuid may give them more, by
 * newuidmap(1); where that refuses, a line on stderr says why.
 *
 * @throws Failure if this host has no such users, and with what newgidmap said
 * @see https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
export function mapIds(pid: number): void {
  if (!isRootless()) mapRange(pid)
  else if (!mapSubordinates(pid)) mapOne(pid)
}

/** The greatest group ID in this process's user namespace, as far as an int reaches. */
export const lastGid = () =>
  Math.min(
    ranges('self', 'gid').reduce((sum, [, , many]) => sum + many, -1),
    0x7fffffff,
  )

/** Who root of a process's user namespace is in this one. */
export const rootOf = (pid: number, kind: 'uid' | 'gid') => ranges(pid, kind)[0][1]

/**
 * Whether a process's user namespace has the owner of a file. To root's containers, a mount shows
 * files as if they had been made inside.
 */
export function isMapped(pid: number): (kind: 'uid' | 'gid', id: number) => boolean {
  const maps = { uid: ranges(pid, 'uid'), gid: ranges(pid, 'gid') }
  return (kind, id) =>
    maps[kind].some(([inside, outside, many]) => {
      const first = isRootless() ? outside : inside
      return id >= first && id < first + many
    })
}

function mapRange(pid: number): void {
  for (const kind of ['uid', 'gid'] as const) {
    const first = subordinate(kind, ['root', 'containers'])?.[0] ?? unprivileged
    if (
      !ranges('self', kind).some(([from, , many]) => first >= from && first + count <= from + many)
    )
      fail(
        `this host is a container itself, without the ${kind}s ${first} to ${first + count - 1}`,
        `name ${count} that it has in /etc/sub${kind}, such as root:100000:65536`,
      )
    write(pid, `${kind}_map`, [[0, first, count]])
  }
}

function mapSubordinates(pid: number): boolean {
  const uids = subordinate('uid', me())
  const gids = subordinate('gid', me())
  if (!uids || !gids) return false
  try {
    run(`newuidmap ${pid} 0 ${process.getuid?.()} 1 1 ${uids.join(' ')}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      console.error(`the container has one user: ${(error as Error).message}`)
    return false // it isn't installed, or refuses
  }
  run(`newgidmap ${pid} 0 ${process.getgid?.()} 1 1 ${gids.join(' ')}`)
  return true
}

// The kernel lets anybody do this, if the groups are given up.
function mapOne(pid: number): void {
  writeFileSync(`/proc/${pid}/setgroups`, 'deny')
  write(pid, 'uid_map', [[0, process.getuid?.() ?? 0, 1]])
  write(pid, 'gid_map', [[0, process.getgid?.() ?? 0, 1]])
}

function write(pid: number, file: string, map: Range[]): void {
  writeFileSync(`/proc/${pid}/${file}`, map.map((range) => `${range.join(' ')}\n`).join(''))
}

function ranges(pid: number | 'self', kind: 'uid' | 'gid'): Range[] {
  const text = readFileSync(`/proc/${pid}/${kind}_map`, 'utf8').trim()
  if (!text) fail("the container's user namespace has no users yet: mapIds(pid) comes first")
  const lines = text.split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as Range)
}

// What /etc/subuid or /etc/subgid gives to one of these: the first line counts.
function subordinate(kind: 'uid' | 'gid', names: string[]): [number, number] | undefined {
  const file = `/etc/sub${kind}`
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const line = lines.map((text) => text.split(':')).find(([name]) => names.includes(name))
  const [first, count] = (line ?? []).slice(1).map(Number)
  return first >= 0 && count > 0 ? [first, count] : undefined
}

// Both files name people, or their user IDs.
function me(): string[] {
  const uid = `${process.getuid?.()}`
  try {
    return [userInfo().username, uid]
  } catch {
    return [uid] // nobody whom this host knows by name
  }
}
