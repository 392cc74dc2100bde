// Choosing an address that is not taken.
import { readdirSync, readFileSync } from 'node:fs'
import { fail } from './cli'
import { run } from './command'

const bytes = Array.from({ length: 256 }, (_, index) => index)

/**
 * A /24 subnet of 10.200.0.0/16 that no route of this network namespace leads to; where a route for more than all of
 * them does, such as a VPN's for 10.0.0.0/8, one that no narrower route leads to: its own will be preferred.
 *
 * @returns its first three numbers, such as '10.200.0'
 * @throws Failure when all are taken, or when /sys shows another network namespace, so that what is made by `ip` will
 *   not be seen there; and the errors of run(): it asks `ip route`
 * @see https://man7.org/linux/man-pages/man8/ip-route.8.html
 */
export function freeSubnet(): string {
  checkSys()
  const routes: { dst: string }[] = JSON.parse(run('ip -json -4 route show table all'))
  const networks = routes.filter(({ dst }) => dst !== 'default').map(({ dst }) => dst.split('/'))
  const narrow = networks.filter(([, prefix = '32']) => Number(prefix) >= 16)
  return (
    outside(networks) ??
    outside(narrow) ??
    fail('the routes of this host leave no subnet of 10.200.0.0/16 free')
  )
}

function outside(networks: string[][]): string | undefined {
  const { BlockList } = process.getBuiltinModule('node:net') // as in run(): in the container it is not needed
  const taken = new BlockList()
  for (const [address, prefix = '32'] of networks) taken.addSubnet(address, Number(prefix))
  const isFree = (subnet: string) => bytes.every((host) => !taken.check(`${subnet}.${host}`))
  return bytes.map((third) => `10.200.${third}`).find(isFree)
}

// A mount of sysfs shows the network namespace that it was made in, also to those who left it by a bare unshare -n.
function checkSys(): void {
  const table = readFileSync('/proc/self/net/dev', 'utf8')
  const here = [...table.matchAll(/^\s*([^\s:]+):/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'lo')
  const shown = readdirSync('/sys/class/net').filter((name) => name !== 'lo')
  if (here.length + shown.length === 0 || here.some((name) => shown.includes(name))) return
  fail(
    '/sys shows the interfaces of another network namespace than the one this runs in',
    'unshare the mounts as well, and mount it anew: unshare --net --mount, mount -t sysfs sysfs /sys',
  )
}
