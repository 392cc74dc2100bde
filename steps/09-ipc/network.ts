// The container's network, made on the host: a bridge, a veth pair from it into the container, NAT.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fail } from '#shared/cli'
import { run } from '#shared/command'
import { withLock } from '#shared/lock'
import { freeSubnet } from '#shared/subnet'

const lock = '/proc/self/ns/net' // one run at a time changes the network
const bridge = 'container0'
const forwarding = '/proc/sys/net/ipv4/ip_forward'

/** Connects the network namespace of a process to the bridge. */
export function connect(pid: number) {
  withLock(lock, () => {
    if (!isThere(bridge)) createBridge(freeSubnet())
    const [subnet] = remembered()
    const number = freeNumber(subnet)
    const veth = `container${number}`
    ip(
      `link add ${veth} type veth peer name eth0 netns ${pid}`,
      `link set ${veth} up master ${bridge} alias ${process.pid}`,
    )
    inside(
      pid,
      'link set lo up',
      'link set eth0 up',
      `addr add ${subnet}.${number}/24 dev eth0`,
      `route add default via ${subnet}.1`,
    )
    run('nft -f -', nat(subnet))
    writeFileSync(forwarding, '1')
  })
}

/** Disconnects the container; the last one also removes the bridge and NAT. */
export function disconnect() {
  withLock(lock, () => {
    for (const veth of veths()) if (!isOfAnother(veth)) remove(veth)
    if (!isThere(bridge) || veths().some(isOfAnother)) return
    const [, forwardingBefore] = remembered()
    writeFileSync(forwarding, forwardingBefore)
    remove(bridge)
    run('nft -f -', 'add table ip container; delete table ip container')
  })
}

// The bridge's alias remembers the subnet and the old ip_forward.
function createBridge(subnet: string) {
  const forwardingBefore = readFileSync(forwarding, 'utf8').trim()
  ip(
    `link add ${bridge} type bridge`,
    `link set ${bridge} up alias ${subnet}/${forwardingBefore}`,
    `addr add ${subnet}.1/24 dev ${bridge}`,
  )
}

const remembered = () => alias(bridge).split('/')

const nat = (subnet: string) => `
  add table ip container
  flush table ip container
  add chain ip container postrouting { type nat hook postrouting priority srcnat; }
  add rule ip container postrouting ip saddr ${subnet}.0/24 oifname != ${bridge} masquerade
`

function freeNumber(subnet: string) {
  for (let number = 2; number < 255; number++) if (!isThere(`container${number}`)) return number
  return fail(`all addresses of ${subnet}.0/24 are in use`)
}

const isThere = (link: string) => existsSync(`/sys/class/net/${link}`)
const veths = () => (isThere(bridge) ? readdirSync(`/sys/class/net/${bridge}/brif`) : [])

// A veth's alias is the pid of the run that made it. A killed run can't remove its own.
function isOfAnother(veth: string) {
  const owner = alias(veth)
  return owner !== '' && owner !== `${process.pid}` && existsSync(`/proc/${owner}`)
}

function alias(link: string) {
  try {
    return readFileSync(`/sys/class/net/${link}/ifalias`, 'utf8').trim()
  } catch {
    return '' // it has just gone with its container's namespace
  }
}

const ip = (...lines: string[]) => run('ip -batch -', lines.join('\n'))
const inside = (pid: number, ...lines: string[]) =>
  run(`nsenter --net=/proc/${pid}/ns/net ip -batch -`, lines.join('\n'))

function remove(link: string) {
  try {
    run(`ip link delete ${link}`)
  } catch {} // it has just gone with its container's namespace
}

/** The host's name servers. The container can't reach one on the host's own loopback. */
export function resolvConf() {
  const candidates = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf']
  const file = candidates.find((file) => existsSync(file))
  const text = file ? readFileSync(file, 'utf8') : ''
  const servers = text.match(/^nameserver\s+(?!127\.|::1\s*$).*/gm) ?? ['nameserver 1.1.1.1']
  return `${servers.join('\n')}\n`
}
