// The container's network, made on the host: a veth pair from a bridge into the container, and NAT from there outwards.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { fail } from '../../native/cli'
import { run } from '../../native/command'
import { withLock } from '../../native/unistd'

const host = '/proc/self/ns/net' // containers that start or end at the same time take turns
const bridge = '/sys/class/net/container0'
const forwarding = '/proc/sys/net/ipv4/ip_forward'
let veth: string // the host's end, such as container2; its number ends the container's address
let index: string // which tells it from one that another run gives the same name later

/** Connects the network namespace of a process. */
export function connect(pid: number) {
  withLock(host, () => {
    if (!existsSync(bridge)) createBridge()
    const [subnet] = state()
    const number = range(2, 254).find((number) => !existsSync(`/sys/class/net/container${number}`))
    veth = `container${number ?? fail(`all addresses of ${subnet}.0/24 are in use`)}`
    const pair = [`link add ${veth} type veth peer name eth0 netns ${pid}`, `link set ${veth} up master container0`]
    run('ip -batch -', pair.join('\n'))
    index = readFileSync(`/sys/class/net/${veth}/ifindex`, 'utf8')
    const inside = ['link set lo up', 'link set eth0 up', `addr add ${subnet}.${number}/24 dev eth0`, `route add default via ${subnet}.1`]
    run(`nsenter --net=/proc/${pid}/ns/net ip -batch -`, inside.join('\n'))
    run('nft -f -', nat(subnet))
    writeFileSync(forwarding, '1')
  })
}

/** Takes the container off, and with the last one the bridge and all that came with it. */
export function disconnect() {
  withLock(host, () => {
    try {
      if (readFileSync(`/sys/class/net/${veth}/ifindex`, 'utf8') === index) run(`ip link delete ${veth}`)
    } catch {} // it goes with the container's namespace, which may have been faster
    if (!existsSync(bridge) || readdirSync(`${bridge}/brif`).length > 0) return
    writeFileSync(forwarding, state()[1])
    run('nft -f -', 'add table ip container; delete table ip container')
    run('ip link delete container0')
  })
}

/** The host's name servers. One on the host's own loopback can not be reached from the container. */
export function resolvConf() {
  const file = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf'].find((file) => existsSync(file))
  const servers = file ? readFileSync(file, 'utf8').match(/^nameserver\s+(?!127\.|::1\s*$).*/gm) : null
  return `${(servers ?? ['nameserver 1.1.1.1']).join('\n')}\n`
}

// What must be known again when the last container ends stands on the bridge: its subnet, and what ip_forward was.
function createBridge() {
  const subnet = freeSubnet()
  const alias = `alias ${subnet}/${readFileSync(forwarding, 'utf8').trim()}`
  const lines = ['link add container0 type bridge', `link set container0 up ${alias}`, `addr add ${subnet}.1/24 dev container0`]
  run('ip -batch -', lines.join('\n'))
}
const state = () => readFileSync(`${bridge}/ifalias`, 'utf8').trim().split('/')

// A subnet that no route of the host leads to.
function freeSubnet() {
  const taken = new BlockList()
  const routes: { dst: string }[] = JSON.parse(run('ip -json -4 route show table all'))
  for (const [address, prefix = '32'] of routes.map(({ dst }) => dst.split('/')))
    if (address !== 'default') taken.addSubnet(address, Number(prefix))
  const free = range(0, 255).find((third) => range(0, 255).every((host) => !taken.check(`10.200.${third}.${host}`)))
  return `10.200.${free ?? fail('the host has routes to all of 10.200.0.0/16')}`
}
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

const nat = (subnet: string) => `
  add table ip container
  flush table ip container
  add chain ip container postrouting { type nat hook postrouting priority srcnat; }
  add rule ip container postrouting ip saddr ${subnet}.0/24 oifname != container0 masquerade
`
