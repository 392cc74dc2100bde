// The way out: packets for elsewhere pass through the host, and leave it under its own address.
import { forward, stopForwarding } from '#shared/forwarding'
import { isRootless } from '#shared/ids'
import { withLock } from '#shared/lock'
import { ipIn, subnetOf } from '#shared/network'
import { addTable, removeTable } from '#shared/nft'

const bridge = 'container0'

/** Gives the network namespace of a process a default route, and its packets a way out. */
export function openNat(pid: number) {
  if (isRootless()) return
  withLock(bridge, () => {
    const subnet = subnetOf(bridge)
    ipIn(pid, `route add default via ${subnet}.1`)
    addTable('ip container', bridge, [
      'type nat hook postrouting priority srcnat',
      `ip saddr ${subnet}.0/24 oifname != ${bridge} masquerade`,
    ])
    forward(bridge)
  })
}

/** With the last container, the host stops both. */
export function closeNat() {
  try {
    stopForwarding(bridge)
  } finally {
    removeTable('ip container', bridge)
  }
}
