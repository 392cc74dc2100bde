// Asking and changing this host's network.
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { fail } from './cli'
import { run } from './command'
import { hasForwarded, stopForwarding } from './forwarding'
import { exists } from './exists'
import { alias, attribute, isBridge, isThere, isUp, ports } from './links'
import { removeTable } from './nft'

/** Runs lines of ip(8) in this network namespace. @throws Failure with what `ip` said */
export function ip(...lines: string[]): void {
  run('ip -batch -', lines.join('\n'))
}

/** Runs lines of ip(8) in the network namespace of a process. @throws as ip() */
export function ipIn(pid: number, ...lines: string[]): void {
  run(`nsenter --net=/proc/${pid}/ns/net ip -batch -`, lines.join('\n'))
}

/**
 * The subnet of a bridge that these programs made, such as '10.200.0'. One that a killed run has
 * only half made is removed.
 *
 * @returns undefined if there is no such bridge
 * @throws Failure if there is an interface of that name, and it isn't ours
 */
export function subnetOf(bridge: string): string | undefined {
  if (!isThere(bridge)) return undefined
  const third = ours.exec(isBridge(bridge) ? attribute(bridge, 'address') : '')?.[1]
  if (!third)
    return fail(
      `there is a network interface ${bridge} already, and no container made it`,
      `rename it: ip link set ${bridge} name NAME; or delete it: ip link delete ${bridge}`,
    )
  if (isUp(bridge) || ports(bridge).length > 0) return `10.200.${Number.parseInt(third, 16)}`
  remove(bridge)
  return undefined
}

/** The hardware address that stands for an IPv4 address: 02:00, then its four bytes. */
export function macOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  return ['02:00', ...bytes].join(':')
}

const ours = /^02:00:0a:c8:(\w\w):01$/ // macOf('10.200.N.1')

/** The first number from 2 to 254 that no interface has behind the prefix in its name. */
export function freeNumber(prefix: string): number {
  for (let number = 2; number < 255; number++) if (!isThere(`${prefix}${number}`)) return number
  return fail('all 253 addresses of the bridge are in use')
}

/**
 * Removes what can go of a bridge: the ports whose owner has ended, our own, and the bridge itself
 * if no other port is left. Nothing if no container made the bridge.
 *
 * @param last what to do before the bridge goes, or if somebody has removed it. Ports come and go
 *   without asking: who is the last is decided once, for both. A step without NAT has nothing to do
 *   here, but its container may outlive those of a later step, and what they had opened
 * @throws what `last` throws, when all else is gone; Failure with what `ip` said
 */
export function removeAbandoned(bridge: string, last = () => closeOthers(bridge)): void {
  const links = abandoned(bridge)
  try {
    if (links.includes(bridge) || !isThere(bridge)) last()
  } finally {
    remove(...links)
  }
}

// What a step leaves open that has opened it itself is the mistake of that step.
function closeOthers(bridge: string): void {
  if (hasForwarded() || !alias(bridge)) return
  try {
    stopForwarding(bridge)
  } finally {
    removeTable('ip container', bridge)
  }
}

function abandoned(bridge: string): string[] {
  if (!isBridge(bridge) || !ours.test(attribute(bridge, 'address'))) return []
  const links = ports(bridge) // once: the kernel removes one with its namespace at any time
  const gone = links.filter(isAbandoned)
  return gone.length < links.length ? gone : [...gone, bridge]
}

function remove(...links: string[]): void {
  if (links.length === 0) return
  // As one group, that nothing else is in: the kernel waits once until no packet needs them.
  const group = 0x63000000 + process.pid
  const lines = links.map((link) => `link set ${link} group ${group}`)
  let failure: unknown
  try {
    run('ip -force -batch -', [...lines, `link delete group ${group}`].join('\n'))
  } catch (error) {
    failure = error
  }
  // The kernel may have removed one with its namespace. `ip` takes input it can't read for its end.
  const left = links.filter(isThere)
  if (left.length === 0) return
  if (failure) throw failure
  fail(`ip -batch - didn't delete ${left.join(', ')}, and didn't say why`)
}

/** This process, as an alias says who made an interface: a PID, and in which PID namespace. */
export const owner = () => `${process.pid}@${readlinkSync('/proc/self/ns/pid')}`

function isAbandoned(link: string): boolean {
  const [, pid, namespace] = /^(\d+)@(.*)$/.exec(alias(link)) ?? []
  if (!isThere(link)) return true
  if (namespace !== readlinkSync('/proc/self/ns/pid')) return false // or not a container's
  return pid === `${process.pid}` || !exists(`/proc/${pid}`)
}

/** Makes the host deaf to router advertisements of containers, as far as /proc/sys is writable. */
export function ignoreIPv6(link: string): void {
  const file = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`
  if (!exists(file) || readFileSync(file, 'utf8') === '1\n') return
  try {
    writeFileSync(file, '1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error
    console.error('/proc/sys is read-only: containers can give this host IPv6 routes')
  }
}

/**
 * The largest packet, in bytes, that the way out takes. 1500 without a way out.
 *
 * @throws Node's ENOENT if `ip` isn't installed
 */
export function mtu(): number {
  const route = wayOut()
  const [, link = 'lo'] = / dev (\S+)/.exec(route) ?? []
  const [, bytes = attribute(link, 'mtu')] = / mtu (?:lock )?(\d+)/.exec(route) ?? []
  return link === 'lo' ? 1500 : Number(bytes)
}

// No packet is sent. It has to be asked: VPNs have their routes in tables of their own.
function wayOut(): string {
  try {
    return run('ip -4 route get 1.1.1.1')
  } catch {
    return '' // no route
  }
}
