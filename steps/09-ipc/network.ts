// The container's network, made on the host: a veth pair from a bridge into the container, and NAT from there outwards.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fail } from '../../native/cli'
import { run } from '../../native/command'
import { freeSubnet } from '../../native/net'
import { withLock } from '../../native/unistd'

const host = '/proc/self/ns/net' // containers that start or end at the same time take turns
const bridge = '/sys/class/net/container0'
const forwarding = '/proc/sys/net/ipv4/ip_forward'

/** Connects the network namespace of a process. */
export function connect(pid: number) {
  withLock(host, () => {
    if (!existsSync(bridge)) createBridge(freeSubnet())
    const [subnet] = state()
    const number = Array.from({ length: 253 }, (_, index) => index + 2).find((number) => !existsSync(`/sys/class/net/container${number}`))
    const veth = `container${number ?? fail(`all addresses of ${subnet}.0/24 are in use`)}`
    const pair = [`link add ${veth} type veth peer name eth0 netns ${pid}`, `link set ${veth} up master container0 alias ${process.pid}`]
    run('ip -batch -', pair.join('\n'))
    const inside = ['link set lo up', 'link set eth0 up', `addr add ${subnet}.${number}/24 dev eth0`, `route add default via ${subnet}.1`]
    run(`nsenter --net=/proc/${pid}/ns/net ip -batch -`, inside.join('\n'))
    run('nft -f -', nat(subnet))
    writeFileSync(forwarding, '1')
  })
}

/** Takes the container off, and with the last one the bridge and all that came with it. */
export function disconnect() {
  withLock(host, () => {
    for (const veth of ports().filter((veth) => !isOfAnother(veth))) remove(veth)
    if (!existsSync(bridge) || ports().some(isOfAnother)) return
    writeFileSync(forwarding, state()[1])
    remove('container0')
    run('nft -f -', 'add table ip container; delete table ip container')
  })
}

const ports = () => (existsSync(bridge) ? readdirSync(`${bridge}/brif`) : [])
const state = () => readFileSync(`${bridge}/ifalias`, 'utf8').trim().split('/')

// The alias of the host's end of a veth is the pid of the run that made it. One that was killed can not take it off.
function isOfAnother(veth: string) {
  const owner = alias(veth)
  return owner !== '' && owner !== `${process.pid}` && existsSync(`/proc/${owner}`)
}

function alias(link: string) {
  try {
    return readFileSync(`/sys/class/net/${link}/ifalias`, 'utf8').trim()
  } catch {
    return ''
  }
}

function remove(link: string) {
  try {
    run(`ip link delete ${link}`)
  } catch {} // a veth goes with the container's namespace, which may have been faster
}

/** The host's name servers. One on the host's own loopback can not be reached from the container. */
export function resolvConf() {
  const file = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf'].find((file) => existsSync(file))
  const servers = file ? readFileSync(file, 'utf8').match(/^nameserver\s+(?!127\.|::1\s*$).*/gm) : null
  return `${(servers ?? ['nameserver 1.1.1.1']).join('\n')}\n`
}

// What must be known again when the last container ends stands on the bridge: its subnet, and what ip_forward was.
function createBridge(subnet: string) {
  const known = `${subnet}/${readFileSync(forwarding, 'utf8').trim()}`
  const lines = ['link add container0 type bridge', `link set container0 up alias ${known}`, `addr add ${subnet}.1/24 dev container0`]
  run('ip -batch -', lines.join('\n'))
}

const nat = (subnet: string) => `
  add table ip container
  flush table ip container
  add chain ip container postrouting { type nat hook postrouting priority srcnat; }
  add rule ip container postrouting ip saddr ${subnet}.0/24 oifname != container0 masquerade
`
