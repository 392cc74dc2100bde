import type { Cause } from '../cause'
import { flagMissing } from './flag'

const any =
  /its own network namespace, with|^the loopback|^container and host|^two containers|^through NAT|^resolv\.conf|^the host's interfaces|left in the network/
const address = /its own network namespace, with|^container and host|^two containers|^through NAT/
const network = { step: '08-net', file: 'network.ts' }

const isVeth = (name: string) =>
  !/^(lo|inet0|container0|sit0|tunl0|ip6tnl0|gre\w*|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name)

export const causes: Cause[] = [
  flagMissing('net', 'CLONE_NEWNET', any, { step: '08-net', pattern: /CLONE_NEWNET/ }),
  {
    id: 'veth-wrong-side',
    of: any,
    async evidence(scene) {
      const [inside, outside] = [await scene.links('container'), await scene.links('host')]
      const here = outside.filter(isVeth)
      if (inside.some(isVeth) && here.some((name) => name === 'eth0'))
        return `eth0 is on the host, and in the container is ${inside.filter(isVeth).join(', ')}`
      return (
        !inside.some(isVeth) &&
        here.length > 0 &&
        `in the container is ${inside.join(', ')} and nothing else; both ends of a veth pair, ${here.join(' and ')}, are on the host`
      )
    },
    usually:
      'A veth pair is a cable, and both its plugs are in the same machine: one end has to be in the network namespace of the container, and what is configured for the container has to be configured there.',
    look: 'While a container runs: ip -br link on the host, and sudo nsenter -t PID --net ip -br link.',
    call: 'Make the pair with `peer name eth0 netns PID`, and configure eth0 with `nsenter --net=/proc/PID/ns/net ip …`. See veth(4), ip-link(8).',
    lines: { ...network, pattern: /type veth peer|nsenter/ },
  },
  {
    id: 'lo-down',
    of: /^the loopback/,
    evidence: async (scene) =>
      /\blo\b.*\bDOWN\b/.test(await scene.ip('container', '-br', 'link')) &&
      'lo in the container is DOWN',
    usually: 'Every new network namespace has a lo, and nobody has switched it on.',
    look: 'sudo nsenter -t PID --net ip -br link',
    call: '`ip link set lo up` in the namespace of the container. See network_namespaces(7).',
    lines: { ...network, pattern: /lo up/ },
  },
  {
    id: 'no-route',
    of: address,
    async evidence(scene) {
      const routes = await scene.ip('container', '-4', 'route')
      return (
        /inet /.test(await scene.ip('container', '-4', 'addr', 'show', 'scope', 'global')) &&
        !/^default/m.test(routes) &&
        'the container has an address and no default route'
      )
    },
    usually: 'The container knows its own subnet and no way out of it.',
    look: 'sudo nsenter -t PID --net ip route',
    call: '`ip route add default via ADDRESS-OF-THE-BRIDGE` in the container. See ip-route(8).',
    lines: { ...network, pattern: /route add default/ },
  },
  {
    id: 'no-address',
    of: address,
    evidence: async (scene) =>
      !/inet /.test(await scene.ip('container', '-4', 'addr', 'show', 'scope', 'global')) &&
      `the container has ${(await scene.links('container')).join(', ')}, and no IPv4 address on any but lo`,
    usually: 'The interface in the container was given no address, or was not made at all.',
    look: 'sudo nsenter -t PID --net ip addr',
    call: '`ip addr add … dev eth0` and `ip link set eth0 up` in the namespace of the container. See ip-address(8).',
    lines: { ...network, pattern: /addr add .*eth0/ },
  },
  {
    id: 'no-nat',
    of: /^through NAT|^the host's interfaces/,
    async evidence(scene) {
      const host = await scene.target.ownHost()
      const rules = scene.enter(host, ['--net'], 'nft', 'list', 'ruleset')
      const forward = scene
        .enter(host, ['--net', '--mount'], 'cat', '/proc/sys/net/ipv4/ip_forward')
        .trim()
      if (forward !== '1') return `ip_forward of the host is ${forward}`
      return !rules.includes('masquerade') && 'the nftables rules of the host have no masquerade'
    },
    usually:
      'The host does not forward packets for others, or sends them on with an address that nobody out there knows.',
    look: 'On the host, while a container runs: sysctl net.ipv4.ip_forward; sudo nft list ruleset',
    call: 'A masquerade rule in a nat chain at the postrouting hook, and 1 in /proc/sys/net/ipv4/ip_forward. See nft(8).',
    lines: { ...network, pattern: /masquerade|postrouting|forwarding, '1'/ },
  },
  {
    id: 'network-left-behind',
    of: /^the host's interfaces|left in the network/,
    usually:
      'The bridge, the table of nftables or ip_forward stays on the host after the last container; or goes while another one still uses it.',
    look: 'ip link; sudo nft list ruleset; after a run, after two at once, and after kill -9 of one.',
    call: 'The last container takes the bridge down, and what a killed run left is removed by the next. See ip-link(8), nft(8).',
    lines: { ...network, pattern: /export function disconnect|isOfAnother|delete table/ },
  },
  {
    id: 'resolver-on-loopback',
    of: /^resolv\.conf/,
    usually:
      'The resolv.conf of the host, or none, is in the container. A name server on 127.0.0.53 is the container itself in there.',
    look: 'In the container: cat /etc/resolv.conf',
    call: 'Write a resolv.conf with name servers that are not loopback addresses, and bind-mount it. See resolv.conf(5).',
    lines: { ...network, pattern: /nameserver/ },
  },
  {
    id: 'bridge-trouble',
    of: any,
    usually:
      "The host's end of the veth pair is no port of the bridge, is down, or two containers have the same address.",
    look: 'On the host: bridge link; ip -br addr',
    call: '`ip link set NAME up master container0`, and an address that no other container has. See bridge(8).',
    lines: { ...network, pattern: /master container0|find\(\(number\)/ },
  },
]
