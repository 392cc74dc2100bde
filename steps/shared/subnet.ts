// Choosing a free subnet.
import { readdirSync, readFileSync } from 'node:fs'
import { fail } from './cli'

const bytes = Array.from({ length: 256 }, (_, index) => index)

/**
 * Finds a /24 subnet of 10.200.0.0/16 that no route in this network namespace leads to. If a wide
 * route covers all of them, such as a VPN's 10.0.0.0/8, ignores it: the kernel prefers the narrower
 * route of the new subnet.
 *
 * @returns the first three numbers, such as '10.200.0'
 * @throws Failure if all are taken, or if /sys shows another network namespace, where an interface
 *   made here would not appear
 * @see https://docs.kernel.org/networking/fib_trie.html
 */
export function freeSubnet(): string {
  checkSys()
  const networks = routes().filter(({ prefix }) => prefix > 0)
  return (
    outside(networks) ??
    outside(networks.filter(({ prefix }) => prefix >= 16)) ??
    fail('the routes of this host leave no subnet of 10.200.0.0/16 free')
  )
}

type Network = { address: string; prefix: number }

// Of all tables: below each address, a line for each prefix that it has in one.
function routes(): Network[] {
  const leaves = readFileSync('/proc/self/net/fib_trie', 'utf8').split('|-- ').slice(1)
  return leaves.flatMap((leaf) => {
    const [address = ''] = leaf.split('\n')
    return [...leaf.matchAll(/^ +\/(\d+) /gm)].map(([, prefix]) => ({
      address,
      prefix: Number(prefix),
    }))
  })
}

function outside(networks: Network[]): string | undefined {
  const { BlockList } = process.getBuiltinModule('node:net') // on demand, as in run()
  const taken = new BlockList()
  for (const { address, prefix } of networks) taken.addSubnet(address, prefix)
  const isFree = (subnet: string) => bytes.every((host) => !taken.check(`${subnet}.${host}`))
  return bytes.map((third) => `10.200.${third}`).find(isFree)
}

// A sysfs shows the network namespace in which it was mounted, even to a process that has left it
// with a bare `unshare --net`.
function checkSys(): void {
  const table = readFileSync('/proc/self/net/dev', 'utf8')
  const here = [...table.matchAll(/^\s*([^\s:]+):/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'lo')
  const shown = readdirSync('/sys/class/net').filter((name) => name !== 'lo')
  if (here.length + shown.length === 0 || here.some((name) => shown.includes(name))) return
  fail(
    '/sys shows the interfaces of another network namespace than this one',
    'unshare mounts too, then mount it again: unshare --net --mount, mount -t sysfs sysfs /sys',
  )
}
