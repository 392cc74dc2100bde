// Choosing an address that is not taken.
import { BlockList } from 'node:net'
import { fail } from './cli'
import { run } from './command'

const bytes = Array.from({ length: 256 }, (_, index) => index)

/**
 * A /24 subnet of 10.200.0.0/16 that no route of this network namespace leads to.
 *
 * @returns its first three numbers, such as '10.200.0'
 * @throws Failure when all are taken, and the errors of run(): it asks `ip route`
 * @see https://man7.org/linux/man-pages/man8/ip-route.8.html
 */
export function freeSubnet(): string {
  const taken = new BlockList()
  const routes: { dst: string }[] = JSON.parse(run('ip -json -4 route show table all'))
  for (const [address, prefix = '32'] of routes.map(({ dst }) => dst.split('/')))
    if (address !== 'default') taken.addSubnet(address, Number(prefix))
  const isFree = (subnet: string) => bytes.every((host) => !taken.check(`${subnet}.${host}`))
  const subnets = bytes.map((third) => `10.200.${third}`)
  return subnets.find(isFree) ?? fail('the routes of this host leave no subnet of 10.200.0.0/16 free')
}
