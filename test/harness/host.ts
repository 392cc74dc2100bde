// Everything on the host that a container could change, as text to compare.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import * as path from 'node:path'
import { trees } from './cgroup'
import { claim } from './claim'
import { alive, mountinfo, withToken } from './proc'
import { soon } from './waiting'
import { repository, work } from './work'

export type Snapshot = Record<string, string>

/** The words before a command that make it run on a stand-in host, if there is one. */
export const inHost = (host?: number) =>
  host ? ['nsenter', '--target', String(host), '--net', '--mount', '--uts', '--ipc'] : []

function output(wrap: string[], file: string, args: string[]): string {
  const [first, ...rest] = [...wrap, file, ...args] as [string, ...string[]]
  try {
    return execFileSync(first, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `(${file} is not installed)`
    throw error
  }
}

/** The files in a folder, if there is one, whose names match. */
const files = (folder: string, name: RegExp) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => name.test(file))
        .sort()
        .map((file) => path.join(folder, file))
    : []

/** This project's cgroups, container-PID, without a living run process. */
function leftCgroups(host?: number): string[] {
  const root = host ? `/proc/${host}/root` : ''
  return trees
    .flatMap((tree) => files(path.join(root, tree), /^container/))
    .filter((folder) => !alive(Number(/container-(\d+)$/.exec(folder)?.[1] ?? 0)))
}

// Some of these files can't be read. Others, of netfilter, count.
const settings = 'cd /proc/sys/net; grep --recursive --no-messages "" ipv4 ipv6 core; :'

/** Names without counters and timers, so that two looks at an idle host are the same. */
export function snapshot(host?: number): Snapshot {
  const run = (file: string, ...args: string[]) => output(inHost(host), file, args)
  const links = run('ip', '-o', 'link')
    .split('\n')
    .map((line) => line.split(/[:@]/)[1]?.trim() ?? '')
  return {
    mounts: mounts(host),
    'host name': run('cat', '/proc/sys/kernel/hostname'),
    cgroups: leftCgroups(host).join('\n'),
    interfaces: links.sort().join('\n'),
    addresses: run('ip', '-o', 'addr').replace(/(valid|preferred)_lft \S+/g, ''),
    routes: (run('ip', 'route', 'show', 'table', 'all') + run('ip', '-6', 'route')).replace(
      /expires \S+/g,
      '',
    ),
    'nftables rules': run('nft', '-s', 'list', 'ruleset'),
    'network settings': run('sh', '-c', settings),
    'network namespaces': files('/run/netns', /./).join('\n'),
    'shared memory': files('/dev/shm', /container/).join('\n'),
    'temporary files': files(work().temporary, /^(?!tsx-)/).join('\n'),
  }
}

/** The mounts a container could have left: others come and go on a machine in use. */
function mounts(host: number | 'self' = 'self'): string {
  const ours = [work().folder, repository, '/proc', '/sys', '/dev', '/etc', '/mytemp', '/run/netns']
  return mountinfo(host)
    .split('\n')
    .filter((line) => {
      const point = `${line.split(' ')[4]}/`
      return point === '//' || ours.some((folder) => point.startsWith(`${folder}/`))
    })
    .join('\n')
}

/** What is different, a line for each part of the host. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return Object.keys(before)
    .filter((part) => before[part] !== after[part])
    .flatMap((part) => {
      const now = (after[part] as string).split('\n')
      // Any other container may remove a cgroup that a killed run process left.
      const old = (before[part] as string)
        .split('\n')
        .filter((line) => part !== 'cgroups' || now.includes(line))
      const gone = old.filter((line) => !now.includes(line))
      const came = now.filter((line) => line !== '' && !old.includes(line))
      if (gone.length + came.length === 0) return []
      const lost = gone.map((line) => ` lost ${line};`)
      const got = came.map((line) => ` got ${line};`)
      return `${part}:${[...lost, ...got].join('')}`
    })
}

/** Claims that the host soon is as before and the processes with the tokens are gone. */
export async function hostUnchanged(
  before: Snapshot,
  tokens: string[] = [],
  host?: number,
): Promise<void> {
  const left = () => [
    ...differences(before, snapshot(host)),
    ...tokens.flatMap((token) => withToken(token)).map((pid) => `process ${pid} still runs`),
  ]
  await soon(() => left().length === 0, 150)
  const now = left()
  claim(now.length === 0, 'a host that is as it was before', now.join('\n'))
}
