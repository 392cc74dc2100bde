// Letting packets through this host, and putting that back.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { alias, ip } from './network'

const conf = '/proc/sys/net/ipv4/conf'
const file = (link: string) => `${conf}/${link}/forwarding`
const forwards = (link: string) =>
  existsSync(file(link)) && readFileSync(file(link), 'utf8') === '1\n'
const forwarding = () => readdirSync(conf).filter(forwards)

/**
 * Lets packets through between a bridge and the other interfaces. Not with ip_forward: writing that
 * resets other settings of every interface. The bridge's alias keeps how many interfaces forwarded
 * before, and which ones it was switched on for.
 *
 * @throws Node's EROFS where /proc/sys is read-only and an interface doesn't forward yet
 * @see https://docs.kernel.org/networking/ip-sysctl.html
 */
export function forward(bridge: string): void {
  const silent = [bridge, ...addressed().filter((link) => link !== bridge)].filter(
    (link) => !forwards(link),
  )
  if (silent.length === 0) return
  const [count = `${forwarding().length}`, ...before] = alias(bridge).split(' ').filter(Boolean)
  const all = new Set([...before, ...silent.filter((link) => link !== bridge)])
  ip(`link set ${bridge} alias "${[count, ...all].join(' ')}"`)
  for (const link of silent) writeFileSync(file(link), '1')
}

/**
 * Puts back what forward() changed, unless something else may rely on it by now: ip_forward was
 * switched on, or another interface forwards.
 *
 * @throws Node's EROFS where /proc/sys has become read-only
 */
export function stopForwarding(bridge: string): void {
  const [count, ...before] = alias(bridge).split(' ')
  const others = forwarding().filter((link) => link !== bridge && !before.includes(link))
  if (forwards('all') || others.length > Number(count)) return
  for (const link of before) if (forwards(link)) writeFileSync(file(link), '0')
}

// The interfaces with an IPv4 address, other than loopback.
function addressed(): string[] {
  const all = Object.entries(networkInterfaces())
  return all
    .filter(([, addresses]) => addresses?.some((a) => a.family === 'IPv4' && !a.internal))
    .map(([link]) => link)
}
