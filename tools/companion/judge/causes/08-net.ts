import type { Cause } from '../cause'
import { flagMissing } from './shared'

const address = /its own network namespace, with|^container and host|^two containers|^through NAT/
const network = { step: '08-net', file: 'network.ts' }

const isVeth = (name: string) =>
  !/^(lo|inet0|container0|sit0|tunl0|ip6tnl0|gre\w*|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name)

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
    call: 'Make the pair with `peer name eth0 netns PID`, and configure eth0 with `nsenter --net=/proc/PID/ns/net ip …`. See veth(4), ip-link(8).',
    lines: { ...network, pattern: /type veth peer|nsenter/ },
  },
  {
    id: 'lo-down',
    of: /^the loopback/,
    evidence: async (scene) =>
      /\blo\b.*\bDOWN\b/.test(await scene.network('container', 'ip', '-br', 'link')) &&
      "the container's lo is DOWN",
    usually: 'Every new network namespace has a lo, but nobody has switched this one on.',
    look: 'sudo nsenter -t PID --net ip -br link',
    call: "`ip link set lo up` in the container's namespace. See network_namespaces(7).",
    lines: { ...network, pattern: /lo up/ },
  },
  {
    id: 'no-route',
    of: address,
    async evidence(scene) {
      const routes = await scene.network('container', 'ip', '-4', 'route')
      return (
        /inet /.test(
          await scene.network('container', 'ip', '-4', 'addr', 'show', 'scope', 'global'),
        ) &&
        !/^default/m.test(routes) &&
        'the container has an address but no default route'
      )
    },
    usually: 'The container knows its own subnet, but no way out of it.',
    look: 'sudo nsenter -t PID --net ip route',
    call: '`ip route add default via ADDRESS-OF-THE-BRIDGE` in the container. See ip-route(8).',
    lines: { ...network, pattern: /route add default/ },
  },
  {
    id: 'no-address',
    of: address,
    evidence: async (scene) =>
      !/inet /.test(
        await scene.network('container', 'ip', '-4', 'addr', 'show', 'scope', 'global'),
      ) &&
      `the container has ${(await scene.links('container')).join(', ')}, and no IPv4 address except on lo`,
    usually: "The container's interface has no address, or was never made.",
    look: 'sudo nsenter -t PID --net ip addr',
    call: "`ip addr add … dev eth0` and `ip link set eth0 up` in the container's namespace. See ip-address(8).",
    lines: { ...network, pattern: /addr add .*eth0/ },
  },
  {
    id: 'no-nat',
    of: /^through NAT|^the host's interfaces/,
    async evidence(scene) {
      const rules = await scene.network('host', 'nft', 'list', 'ruleset')
      const forward = await scene.network('host', 'cat', '/proc/sys/net/ipv4/ip_forward')
      if (forward.trim() !== '1') return `the host's ip_forward is ${forward.trim()}`
      return !rules.includes('masquerade') && "the host's nftables rules have no masquerade"
    },
    usually:
      "The host doesn't forward packets for others, or sends them on with an address that nobody out there knows.",
    look: 'On the host, while a container runs: sysctl net.ipv4.ip_forward; sudo nft list ruleset',
    call: 'Add a masquerade rule in a nat chain at the postrouting hook, and write 1 into /proc/sys/net/ipv4/ip_forward. See nft(8).',
    lines: { ...network, pattern: /masquerade|postrouting|forwarding, '1'/ },
  },
  {
    id: 'network-left-behind',
    of: /^the host's interfaces|left in the network/,
    usually:
      'The bridge, the nftables table or ip_forward stays on the host after the last container, or goes while another one still uses it.',
    look: 'ip link; sudo nft list ruleset: after a run, after two at once, and after kill -9 of one.',
    call: 'The last container removes the bridge, and the next run removes what a killed one left. See ip-link(8), nft(8).',
    lines: { ...network, pattern: /export function disconnect|isOfAnother\(|delete table/ },
  },
  {
    id: 'resolver-on-loopback',
    of: /^resolv\.conf/,
    usually:
      "The container has the host's resolv.conf, or none. In there, a name server on 127.0.0.53 is the container itself.",
    look: 'In the container: cat /etc/resolv.conf',
    call: "Write a resolv.conf with name servers that aren't on a loopback address, and bind-mount it. See resolv.conf(5).",
    lines: { ...network, pattern: /nameserver/ },
  },
  {
    id: 'bridge-trouble',
    usually:
      "The host's end of the veth pair is down or isn't a port of the bridge, or two containers have the same address.",
    look: 'On the host: bridge link; ip -br addr',
    call: '`ip link set NAME up master container0`, and give each container a different address. See bridge(8).',
    lines: { ...network, pattern: /master \$\{bridge\}|freeNumber/ },
  },
]
