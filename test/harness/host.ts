// Everything on the host that a container could change, as text to compare.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import * as path from 'node:path'
import { promisify } from 'node:util'
import { trees } from './cgroup'
import { claim } from './claim'
import { alive, mountinfo, withToken } from './proc'
import { soon } from './waiting'
import { repository, work } from './work'

export type Snapshot = Record<string, string>

/** Whether the kernel knows IPv6. */
export const hasIPv6 = existsSync('/proc/sys/net/ipv6')

/** The words before a command that make it run on a stand-in host, if there is one. */
export const inHost = (host?: number) =>
  host ? ['nsenter', '--target', String(host), '--net', '--mount', '--uts', '--ipc'] : []

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

/** Commands that show the host, by what they show. */
const looks = {
  'host name': 'cat /proc/sys/kernel/hostname',
  interfaces: '! has ip || ip -o link',
  addresses: '! has ip || ip -o addr',
  routes: '! has ip || { ip route show table all; ip -6 route; }',
  'nftables rules': '! has nft || nft -s list ruleset',
  // Some of these files can't be read. Others, of netfilter, count.
  'network settings': 'cd /proc/sys/net; grep -rs "" ipv4 ipv6 core || :',
}

const script = `set -e
has() { command -v $1 > /dev/null || { echo "($1 is not installed)"; false; }; }
${Object.values(looks).join("\nprintf '\\0'\n")}`

/** All of them at once: each snapshot of a host starts many programs. */
const allLooks = (host?: number) => [...inHost(host), 'sh', '-c', script] as string[]

function named(output: string): Record<keyof typeof looks, string> {
  const texts = output.split('\0')
  const parts = Object.keys(looks).map((name, i) => [name, texts[i] as string] as const)
  return Object.fromEntries(parts) as Record<keyof typeof looks, string>
}

const execute = promisify(execFile)

/** Names without counters and timers, so that two looks at an idle host are the same. */
export function snapshot(host?: number): Snapshot {
  const [file, ...args] = allLooks(host)
  return seenOn(execFileSync(file as string, args, { encoding: 'utf8', stdio: 'pipe' }), host)
}

/** The same; others go on meanwhile. */
export async function lookAt(host?: number): Promise<Snapshot> {
  const [file, ...args] = allLooks(host)
  return seenOn((await execute(file as string, args)).stdout, host)
}

/** iptables makes its tables when they're first used, and leaves them without a rule. */
const ofIptables =
  /^# Warning: .*iptables-nft.*\n|^table ip6? (nat|filter|mangle|raw) \{\n(\tchain [A-Z]+ \{\n\t\ttype .*; policy accept;\n\t\}\n\n?)*\}\n?/gm

function seenOn(output: string, host?: number): Snapshot {
  const seen = named(output)
  const names = seen.interfaces.split('\n').map((line) => line.split(/[:@]/)[1]?.trim() ?? '')
  return {
    ...seen,
    mounts: mounts(host),
    cgroups: leftCgroups(host).join('\n'),
    interfaces: names.sort().join('\n'),
    addresses: seen.addresses.replace(/(valid|preferred)_lft \S+/g, ''),
    'nftables rules': seen['nftables rules'].replace(ofIptables, ''),
    routes: seen.routes.replace(/expires \S+/g, ''),
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
      if (point.startsWith(`${work().otherTemporary}/`)) return false // another test's, at work
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
  let left: string[] = []
  const isAsBefore = async () => {
    left = [
      ...differences(before, await lookAt(host)),
      ...withToken(...tokens).map((pid) => `process ${pid} still runs`),
    ]
    return left.length === 0
  }
  const holds = await soon(isAsBefore, 150)
  claim(holds, 'a host that is as it was before', left.join('\n'))
}
