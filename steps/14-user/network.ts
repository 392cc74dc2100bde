// The container's network, made on the host: a bridge, and a cable from it into the container.
import { isRootless } from '#shared/ids'
import { withLock } from '#shared/lock'
import { freeNumber, ignoreIPv6, ip, ipIn, macOf } from '#shared/network'
import { mtu, owner, removeAbandoned, subnetOf } from '#shared/network'
import { connectByPasta } from '#shared/pasta'
import { freeSubnet } from '#shared/subnet'

const bridge = 'container0'

/** Plugs the network namespace of a process into the bridge. */
export function connect(pid: number) {
  if (isRootless()) return connectByPasta(pid)
  withLock(bridge, () => {
    const subnet = subnetOf(bridge) ?? makeBridge(freeSubnet())
    ignoreIPv6(bridge)
    const number = freeNumber('container')
    const size = mtu()
    ip(
      `link add container${number} mtu ${size} type veth peer name eth0 mtu ${size} netns ${pid}`,
      `link set container${number} up master ${bridge} alias ${owner()}`,
    )
    ipIn(pid, 'link set lo up', 'link set eth0 up', `addr add ${subnet}.${number}/24 dev eth0`)
  })
}

/** Unplugs it. With the last container the bridge goes, and before it what `last` removes. */
export function disconnect(last?: () => void) {
  if (isRootless()) return
  withLock(bridge, () => removeAbandoned(bridge, last))
}

function makeBridge(subnet: string) {
  ip(
    `link add ${bridge} address ${macOf(`${subnet}.1`)} type bridge`,
    `addr add ${subnet}.1/24 dev ${bridge}`,
    `link set ${bridge} up`,
  )
  return subnet
}
