import type { Cause } from '../cause'
import { flagMissing } from './shared'

const nat = { step: '09-nat', file: 'nat.ts' }
const main = { step: '09-nat' }
const out = /default route|NAT|internet|^the host's|left$/

/** The interfaces that take part, and whether each passes on packets for others. */
const forwarding = `cd /proc/sys/net/ipv4/conf
for link in *; do echo "$link $(cat "$link"/forwarding)"; done`

export const causes: Cause[] = [
  flagMissing('net', 'CLONE_NEWNET', { step: '09-nat', pattern: /CLONE_NEWNET/ }),
  {
    id: 'no-route',
    async evidence(scene) {
      const routes = await scene.network('container', 'ip', '-4', 'route')
      return (
        !/^default/m.test(routes) &&
        `the container has no default route, only ${routes.trim().replaceAll(' \n', ', ') || 'none'}`
      )
    },
    usually: 'The container knows its own subnet, but no way out of it.',
    look: 'sudo nsenter -t PID --net ip route',
    call: '`ip route add default via ADDRESS-OF-THE-BRIDGE` in the container. See ip-route(8).',
    lines: { ...nat, pattern: /route add default/ },
  },
  {
    id: 'route-without-gateway',
    async evidence(scene) {
      const routes = await scene.network('container', 'ip', '-4', 'route')
      return /^default dev .*/m.exec(routes)?.[0].trim()
    },
    usually:
      'Without a gateway, the container looks for each address of the world on its own cable, where only the host is.',
    look: 'sudo nsenter -t PID --net ip route',
    call: "`ip route add default via` the address of the bridge, the subnet's first. See ip-route(8).",
    lines: { ...nat, pattern: /route add default/ },
  },
  {
    id: 'gateway-elsewhere',
    async evidence(scene) {
      const [, gateway] =
        /^default via (\S+)/m.exec(await scene.network('container', 'ip', '-4', 'route')) ?? []
      const onHost = await scene.network('host', 'ip', '-4', '-o', 'addr')
      return (
        gateway &&
        !onHost.includes(` ${gateway}/`) &&
        `the default route leads to ${gateway}, and that is no address of the host`
      )
    },
    usually: "The container's packets for elsewhere go to an address where nobody passes them on.",
    look: 'sudo nsenter -t PID --net ip route; on the host: ip -br addr',
    call: "`ip route add default via` the address of the bridge, the subnet's first. See ip-route(8).",
    lines: { ...nat, pattern: /route add default/ },
  },
  {
    id: 'no-masquerade',
    async evidence(scene) {
      const rules = await scene.network('host', 'nft', 'list', 'ruleset')
      return !rules.includes('masquerade') && "the host's nftables rules have no masquerade"
    },
    usually:
      "The container's packets leave the host with the container's address, which nobody out there can answer.",
    look: 'On the host, while a container runs: sudo nft list ruleset',
    call: 'A masquerade rule in a nat chain at the postrouting hook. See nft(8).',
    lines: { ...nat, pattern: /masquerade|postrouting/ },
  },
  {
    id: 'no-forwarding',
    async evidence(scene) {
      const said = await scene.network('host', 'sh', '-c', forwarding)
      const ports = await scene.network('host', 'ip', '-br', 'link', 'show', 'type', 'bridge_slave')
      const found = said.split('\n').map((line) => line.split(' '))
      const silent = found
        .filter(([link, value]) => value === '0' && !new RegExp(`^${link}\\b`, 'm').test(ports))
        .map(([link]) => `${link}`)
      const ours = silent.filter((link) => !/^(all|default|lo)$/.test(link))
      return ours.length > 0 && `net.ipv4.conf.IF.forwarding is 0 for ${ours.join(', ')}`
    },
    usually: "The host doesn't pass packets from one of its interfaces on to another.",
    look: 'On the host, while a container runs: sysctl -a --pattern "ipv4.*forward"',
    call: 'forward(bridge) of #shared/forwarding switches it on for each interface. (A 1 in /proc/sys/net/ipv4/ip_forward does too, but resets other settings of the host.)',
    lines: { ...nat, pattern: /forward\(/ },
  },
  {
    id: 'masquerade-elsewhere',
    of: out,
    async evidence(scene, seen) {
      const rules = await scene.network('host', 'nft', 'list', 'ruleset')
      return /100% packet loss|no answer/.test(seen) && /^.*masquerade.*$/m.exec(rules)?.[0].trim()
    },
    usually:
      "There is a route and a rule with masquerade, but the rule doesn't count for packets of the container on their way out: another subnet, another interface, or another hook.",
    look: 'On the host: sudo nft list ruleset; and tcpdump -ni any icmp, while the container pings: under which address do its packets leave?',
    call: 'ip saddr SUBNET oifname != BRIDGE masquerade, in a chain of type nat at the hook postrouting. See nft(8).',
    lines: { ...nat, pattern: /masquerade|postrouting/ },
  },
  {
    id: 'network-left-behind',
    of: /^the host's|as before|left/,
    usually:
      'The nftables table or forwarding stays on the host after the last container, or goes while another one still uses it.',
    look: 'sudo nft list ruleset; sysctl -a --pattern "ipv4.*forward": after a run, after two at once, and after kill -9 of one.',
    call: 'The last container removes them, before the bridge goes: its alias says what they were. See nft(8).',
    lines: { ...nat, pattern: /export function closeNat|stopForwarding\(|removeTable\(/ },
  },
  {
    id: 'resolver-of-rootfs',
    of: /resolv\.conf/,
    evidence: (_, seen) =>
      /nameserver/.test(seen) &&
      !/127\.|::1/.test(seen) &&
      "it names none of the host's name servers",
    usually: 'The container has name servers, but not those of the host: another file was asked.',
    look: 'cat /etc/resolv.conf, on the host and in the container',
    call: 'resolvConf() reads what is at /etc now: call it before the root changes.',
    lines: { ...main, pattern: /resolvConf\(\)|pivot_root\(/ },
  },
  {
    id: 'resolver-on-loopback',
    of: /resolv\.conf/,
    usually:
      "The container has the host's resolv.conf, or none. In there, a name server on 127.0.0.53 is the container itself.",
    look: 'In the container: cat /etc/resolv.conf',
    call: "Ask resolvConf() of #shared/resolv before the root changes, and provide('/etc/resolv.conf', …) afterwards. See resolv.conf(5).",
    lines: { ...main, pattern: /resolvConf\(\)|provide\('\/etc\/resolv|'\/run'/ },
  },
  {
    id: 'names-unknown',
    of: /^localhost/,
    usually:
      "The container's /etc/hosts doesn't name it: many root file systems bring an empty one, or none.",
    look: 'In the container: cat /etc/hosts /etc/hostname',
    call: "provide('/etc/hosts', …) of #shared/etc, after /run has got a tmpfs. See hosts(5).",
    lines: { ...main, pattern: /provide\('\/etc\/host/ },
  },
  {
    id: 'nat-trouble',
    usually: 'The way out has three parts: a default route, forwarding on the host, and NAT.',
    look: 'sudo nsenter -t PID --net ip route; on the host: sudo nft list ruleset',
    call: 'See ip-route(8) and nft(8).',
    lines: { ...nat, pattern: /route add default|addTable\(|forward\(/ },
  },
]
