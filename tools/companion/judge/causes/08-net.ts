import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { flagMissing } from './shared'

const network = { step: '08-net', file: 'network.ts' }

const isVeth = (name: string) =>
  !/^(lo|inet0|container0|sit0|tunl0|ip6tnl0|gre\w*|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name)

type Link = {
  ifindex: number
  ifname: string
  flags: string[]
  /** The other end of a veth pair. */
  link_index?: number
  master?: string
  addr_info: { family: string; local: string }[]
}

const linksOf = async (scene: Scene, where: 'container' | 'host'): Promise<Link[]> =>
  JSON.parse(await scene.network(where, 'ip', '-json', 'addr'))

type Cable = { inside?: Link; plug?: Link; bridge?: Link }

const cables = new WeakMap<Scene, Promise<Cable>>()

/** The container's end of its cable, the host's, and the bridge that this one is a port of. */
function cable(scene: Scene): Promise<Cable> {
  const found = cables.get(scene) ?? findCable(scene)
  cables.set(scene, found)
  return found
}

async function findCable(scene: Scene): Promise<Cable> {
  const inside = (await linksOf(scene, 'container')).find(({ ifname }) => isVeth(ifname))
  const links = await linksOf(scene, 'host')
  const plug = links.find(({ ifindex }) => ifindex === inside?.link_index)
  return { inside, plug, bridge: links.find(({ ifname }) => ifname === plug?.master) }
}

const addressesOf = (link?: Link) =>
  (link?.addr_info ?? []).filter(({ family }) => family === 'inet').map(({ local }) => local)
const hasAddress = (link: Link) => addressesOf(link).length > 0
const subnet = (address: string) => address.replace(/\.\d+$/, '')

const bridgeLook = 'On the host, while a container runs: bridge link; ip -br addr'

/** The container's addresses, except those of lo, as `ip` shows them. */
const addresses = (scene: Scene) =>
  scene.network('container', 'ip', '-4', 'addr', 'show', 'scope', 'global')

export const causes: Cause[] = [
  flagMissing('net', 'CLONE_NEWNET', { step: '08-net', pattern: /CLONE_NEWNET/ }),
  {
    id: 'veth-wrong-side',
    async evidence(scene) {
      const [inside, outside] = [await scene.links('container'), await scene.links('host')]
      const here = outside.filter(isVeth)
      if (inside.some(isVeth) && here.includes('eth0'))
        return `eth0 is on the host, and ${inside.filter(isVeth).join(', ')} is in the container`
      return (
        !inside.some(isVeth) &&
        here.length > 0 &&
        `the container has ${inside.join(', ')} and nothing else; both ends of a veth pair, ${here.join(' and ')}, are on the host`
      )
    },
    usually:
      "A veth pair is a cable, and both its plugs are in the same machine: one end has to be in the container's network namespace, and the container's side has to be configured there.",
    look: 'While a container runs: ip -br link on the host, and sudo nsenter -t PID --net ip -br link.',
    call: "Make the pair with `peer name eth0 netns PID`, and configure eth0 in the container's network: ipIn(pid, …) of #shared/network. See veth(4), ip-link(8).",
    lines: { ...network, pattern: /type veth peer|ipIn\(/ },
  },
  {
    id: 'lo-down',
    of: /loopback|ordinary user/,
    evidence: async (scene) =>
      /\blo\b.*\bDOWN\b/.test(await scene.network('container', 'ip', '-br', 'link')) &&
      "the container's lo is DOWN",
    usually: 'Every new network namespace has a lo, but nobody has switched this one on.',
    look: 'sudo nsenter -t PID --net ip -br link',
    call: "`ip link set lo up` in the container's namespace. See network_namespaces(7).",
    lines: { ...network, pattern: /lo up/ },
  },
  {
    id: 'ping-as-root-only',
    of: /ordinary user/,
    evidence: async (scene) =>
      /^1\s+0$/m.test(
        await scene.network('container', 'cat', '/proc/sys/net/ipv4/ping_group_range'),
      ) && "the container's ping_group_range is 1 0",
    usually:
      'A new network namespace allows no group to ping: its ping_group_range is "1 0", which is nobody.',
    look: 'In the container: cat /proc/sys/net/ipv4/ping_group_range',
    call: "Write '0 2147483647' into that file in `child`, after /proc is mounted. See icmp(7).",
    lines: { step: '08-net', pattern: /ping_group_range/ },
  },
  {
    id: 'no-address',
    evidence: async (scene) =>
      !/inet /.test(await addresses(scene)) &&
      `the container has ${(await scene.links('container')).join(', ')}, and no IPv4 address except on lo`,
    usually: "The container's interface has no address, or was never made.",
    look: 'sudo nsenter -t PID --net ip addr',
    call: "`ip addr add … dev eth0` and `ip link set eth0 up` in the container's namespace. See ip-address(8).",
    lines: { ...network, pattern: /addr add .*eth0/ },
  },
  {
    id: 'interface-down',
    async evidence(scene) {
      const links = (await scene.network('container', 'ip', '-br', 'link')).split('\n')
      const down = links.filter(
        (line) => isVeth(line.split(/[@ ]/)[0] ?? 'lo') && /DOWN/.test(line),
      )
      return down[0] && `in the container: ${down[0].trim()}`
    },
    usually:
      'A cable carries nothing until both its ends are switched on: the one in the container, or its peer on the host, is down.',
    look: 'While a container runs: ip -br link on the host, and sudo nsenter -t PID --net ip -br link.',
    call: "`ip link set eth0 up` in the container's namespace, and `ip link set NAME up` for its peer on the host. See ip-link(8).",
    lines: { ...network, pattern: /eth0 up|up master/ },
  },
  {
    id: 'narrow-address',
    async evidence(scene) {
      const [, address] = /inet ([\d.]+\/32)/.exec(await addresses(scene)) ?? []
      return address && `the container's address is ${address}: a network of one address`
    },
    usually:
      'Without a prefix, `ip addr add` takes /32: the container knows no other address of its subnet.',
    look: 'sudo nsenter -t PID --net ip addr; and ip route',
    call: '`ip addr add 10.200.0.2/24 dev eth0`: with /24, the kernel adds a route to the whole subnet. See ip-address(8).',
    lines: { ...network, pattern: /addr add/ },
  },
  {
    id: 'not-plugged-in',
    async evidence(scene) {
      const { plug } = await cable(scene)
      const lacks = plug && !plug.master && !hasAddress(plug)
      return lacks && `on the host, ${plug.ifname} is no port of a bridge, and has no address`
    },
    usually:
      "The host's end of the cable isn't plugged in anywhere: it has to be a port of the bridge.",
    look: bridgeLook,
    call: '`ip link set NAME up master container0`. See bridge(8).',
    lines: { ...network, pattern: /master \$\{bridge\}/ },
  },
  {
    id: 'bridge-down',
    async evidence(scene) {
      const { bridge } = await cable(scene)
      return bridge && !bridge.flags.includes('UP') && `on the host, ${bridge.ifname} is DOWN`
    },
    usually:
      'A bridge is switched off when it is made. The host has no route to the subnet until it is on.',
    look: bridgeLook,
    call: '`ip link set container0 up`. See ip-link(8).',
    lines: { ...network, pattern: /\$\{bridge\} up/ },
  },
  {
    id: 'bridge-without-address',
    async evidence(scene) {
      const { bridge } = await cable(scene)
      const lacks = bridge && !hasAddress(bridge)
      return lacks && `on the host, ${bridge.ifname} has no IPv4 address`
    },
    usually:
      "Without an address of the subnet, the host isn't in it: it sees no container, and none sees it.",
    look: bridgeLook,
    call: '`ip addr add 10.200.0.1/24 dev container0`. See ip-address(8).',
    lines: { ...network, pattern: /addr add .*\$\{bridge\}/ },
  },
  {
    id: 'address-of-bridge',
    async evidence(scene) {
      const { inside, bridge } = await cable(scene)
      const both = addressesOf(inside).filter((address) => addressesOf(bridge).includes(address))
      return both[0] && `the container and the bridge both have ${both[0]}`
    },
    usually: "An address belongs to one: the container's packets to the host end at the container.",
    look: bridgeLook,
    call: "The bridge has the subnet's first address, .1; freeNumber() of #shared/network counts from 2.",
    lines: { ...network, pattern: /addr add/ },
  },
  {
    id: 'other-subnet',
    async evidence(scene) {
      const { inside, bridge } = await cable(scene)
      const [here, there] = [addressesOf(inside), addressesOf(bridge)]
      const apart = !here.some((one) => there.some((other) => subnet(one) === subnet(other)))
      return here[0] && there[0] && apart && `the container has ${here[0]}, the bridge ${there[0]}`
    },
    usually:
      'Host and container are on one cable, but in two subnets: neither has a route to the other.',
    look: bridgeLook,
    call: 'Both addresses begin with the same three numbers, those of subnetOf(bridge). See ip-address(8).',
    lines: { ...network, pattern: /addr add/ },
  },
  {
    id: 'packets-too-large',
    of: /^packets are no larger/,
    usually:
      'The interface takes packets of 1500 bytes, and the way out of the host, such as a VPN, drops those: connections open, and then hang.',
    look: 'On the host: ip route get 1.1.1.1; ip link. In the container: cat /sys/class/net/eth0/mtu',
    call: 'mtu() of #shared/network gives the size: `link add … mtu SIZE type veth peer name eth0 mtu SIZE …`. See ip-link(8).',
    lines: { ...network, pattern: /mtu/ },
  },
  {
    id: 'hears-advertisements',
    of: /IPv6/,
    usually:
      'A container can send router advertisements, and by them the host takes an address and a default route from it.',
    look: 'On the host, while a container runs: cat /proc/sys/net/ipv6/conf/container0/{disable_ipv6,accept_ra}',
    call: "ignoreIPv6(bridge) of #shared/network, before a container is plugged in. See the kernel's ip-sysctl.",
    lines: { ...network, pattern: /ignoreIPv6\(/ },
  },
  {
    id: 'same-address',
    evidence: async (_, seen) => / in both$/.test(seen) && seen,
    usually:
      'Two containers at once have one address: the second answers for the first, or neither does.',
    look: 'Start two, and in each: ip addr',
    call: 'freeNumber() of #shared/network gives a number that no other container has.',
    lines: { ...network, pattern: /freeNumber\(|addr add .*eth0/ },
  },
  {
    id: 'owner-not-written',
    of: /^the host's interfaces|^the next run/,
    async evidence(scene) {
      const { plug } = await cable(scene)
      if (!plug) return undefined
      const link = await scene.network('host', 'ip', 'link', 'show', 'dev', plug.ifname)
      return !/^ +alias /m.test(link) && `on the host, ${plug.ifname} has no alias`
    },
    usually: "Nobody can tell whose this end of a cable is, so it isn't removed.",
    look: 'On the host, while a container runs: ip link show type veth',
    call: '`link set NAME alias TEXT`, with what owner() of #shared/network says: which run made it. See ip-link(8).',
    lines: { ...network, pattern: /owner\(\)/ },
  },
  {
    id: 'network-left-behind',
    of: /^the host's interfaces|as before|left in the network/,
    usually:
      "The bridge or the host's end of a cable stays after the last container, or the bridge goes while another container still uses it.",
    look: 'ip -br link on the host: after a run, after two at once, and after kill -9 of one.',
    call: 'The last container removes the bridge, and the next run removes what a killed one left. See ip-link(8).',
    lines: { ...network, pattern: /export function disconnect|removeAbandoned\(|subnetOf\(/ },
  },
  {
    id: 'bridge-trouble',
    usually:
      "The host's end of the veth pair is down or isn't a port of the bridge, the bridge is down or has no address, or two containers have the same address.",
    look: 'On the host: bridge link; ip -br addr',
    call: '`ip link set NAME up master container0`, and give each container a different address. See bridge(8).',
    lines: { ...network, pattern: /master \$\{bridge\}|freeNumber\(|\$\{bridge\} up/ },
  },
]
