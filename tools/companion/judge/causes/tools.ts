// What ip(8), nft(8) and nsenter(1) say when they refuse something.
import type { Cause } from '../cause'
import { says } from './says'
import { flagMissing, onFreshHost } from './shared'

const network = { step: '08-net', file: 'network.ts' }
const nat = { step: '09-nat', file: 'nat.ts' }
const byHand =
  'Print the lines that you pass to `ip`, and try them by hand, each side with `ip link` and `nsenter --net=/proc/PID/ns/net ip link`.'

const noNamespace = flagMissing('net', 'CLONE_NEWNET', {
  step: '08-net',
  pattern: /CLONE_NEWNET/,
})

export const causes: Cause[] = [
  {
    ...noNamespace,
    evidence: (scene) =>
      /(ip|nft|nsenter)\b.* failed/.test(scene.said) && onFreshHost(noNamespace, scene),
  },
  {
    id: 'nothing-to-configure',
    evidence: says(
      /Cannot find device "?([\w.-]+)"?/,
      ([, name]) => `\`ip\` finds no interface ${name} in the network namespace it was started in`,
    ),
    usually:
      "The two ends of the veth pair aren't where they are configured: one belongs on the host as a port of the bridge, the other, eth0, in the container's namespace. Or the name is misspelt.",
    look: byHand,
    call: '`link add NAME type veth peer name eth0 netns PID` makes both ends and puts the second into the container. See veth(4) and ip-link(8).',
    lines: { ...network, pattern: /type veth peer|ipIn\(/ },
  },
  {
    id: 'gateway-unreachable',
    evidence: says(/.*(Nexthop has invalid gateway|Network is unreachable).*/),
    usually:
      "The kernel doesn't know how to reach the gateway: eth0 is still down, has no address yet, or has one without /24, which is a network of its own.",
    look: 'In the container, right before the route is added: ip -br link; ip addr; ip route',
    call: 'First `link set eth0 up`, then `addr add 10.200.0.2/24 dev eth0`: that adds a route to the subnet, and with it to the gateway. See ip-route(8) and ip-address(8).',
    lines: { ...network, pattern: /eth0 up/ },
  },
  {
    id: 'route-on-host',
    async evidence(scene) {
      if (!/File exists/.test(scene.said)) return undefined
      const routes = await scene.network('host', 'ip', '-4', 'route')
      const found = /^default via 10\.200\.\S+.*/m.exec(routes)?.[0]
      return found && `the host has the route: ${found.trim()}`
    },
    usually: 'The default route was added on the host, and leads its own packets back to it.',
    look: 'On the host and in the container: ip route',
    call: "ipIn(pid, …) of #shared/network runs `ip` in the container's network namespace, ip(…) on the host.",
    lines: { ...nat, pattern: /route add default/ },
  },
  {
    id: 'link-exists',
    evidence: says(/^.*ip .*failed: (?:RTNETLINK answers: )?.*File exists.*/m),
    usually:
      'An interface, an address or a route of that name is there already: a container that still runs has it, or an earlier run left it.',
    look: 'On the host: ip -br link; ip addr; ip route. What of it is from your program?',
    call: 'Each container needs a name and an address of its own: freeNumber(). What is shared, as the bridge, is made only if it is missing, and the last container removes it.',
    lines: { ...network, pattern: /freeNumber\(|subnetOf\(|remove\(/ },
  },
  {
    id: 'network-by-child',
    evidence: says(/.*cannot open \/proc\/1\/ns.*/),
    usually:
      '`child` makes the network, in the container: there it is process 1 itself, and sees nothing of the host.',
    look: 'Print the pid that you use: it is 1.',
    call: 'connect(pid) in beforeExec(pid), which `run` calls on the host while the child waits.',
    lines: { step: '08-net', pattern: /beforeExec|connect\(pid/ },
  },
  {
    id: 'no-such-namespace',
    evidence: says(
      /.*(Invalid "netns" value|cannot open \/proc\/\w*\/ns|RTNETLINK answers: No such process).*/,
    ),
    usually:
      "The pid isn't that of the waiting child: it's undefined, or that process has already ended.",
    look: 'Print the pid that you use, and the lines that you pass to `ip`.',
    call: 'Configure the network in beforeExec(pid), while the child waits. See ip-link(8), "netns", and nsenter(1).',
    lines: { step: '08-net', pattern: /beforeExec|connect\(pid/ },
  },
  {
    id: 'ip-grammar',
    evidence: says(
      /.*(Command "|Object "|argument "|garbage|unknown|prefix is expected|Not enough inform|Invalid "|Error: either).*/,
    ),
    usually:
      "`ip` doesn't understand a line: a word is missing, misspelt or in the wrong place, or a variable in it is undefined.",
    look: `${byHand} \`Command failed -:2\` means the second line.`,
    call: 'The SYNOPSIS of ip-link(8), ip-address(8) and ip-route(8) has the order of the words.',
    lines: { ...network, pattern: /`link |'link |`addr / },
  },
  {
    id: 'unknown-link-type',
    evidence: says(/.*Unknown device type.*/),
    usually: 'The kernel knows no interface of this type: the word after `type` is misspelt.',
    look: byHand,
    call: '`type bridge` and `type veth`. See ip-link(8), "TYPES". If these are unknown too: npm run doctor.',
    lines: { ...network, pattern: /type (bridge|veth)/ },
  },
  {
    id: 'nft-grammar',
    evidence: says(/.*nft .*failed: [\s\S]*(syntax error|Error: (?!Could not process|No such)).*/),
    usually: "`nft` doesn't understand a statement: the ^ below it points at the place.",
    look: 'Print the text that you pass to `nft`, and try it by hand: sudo nft -c -f FILE only checks it.',
    call: 'A chain needs its type, hook and priority before its rules. See nft(8), "CHAINS".',
    lines: { ...nat, pattern: /addTable\(|postrouting|masquerade/ },
  },
  {
    id: 'nft-refused',
    evidence: says(/.*nft .*failed: [\s\S]*(No such file|File exists|not process rule).*/),
    usually:
      "The kernel refuses a rule: the table or chain that it belongs to isn't there, or something of that name is there already.",
    look: 'On the host: sudo nft list ruleset',
    call: '`add` makes what is missing and keeps what is there, `create` fails then, and `delete` fails for what is missing. See nft(8).',
    lines: { ...nat, pattern: /addTable\(|removeTable\(/ },
  },
  {
    id: 'name-too-long',
    evidence: says(/.*(?:failed policy validation|not a valid ifname).*/),
    usually:
      'The name of an interface has 15 characters at most, and neither / nor a space. With a number behind it, the first part has to be shorter.',
    look: byHand,
    call: 'A shorter name. See ip-link(8), netdevice(7): IFNAMSIZ is 16, with the NUL byte at the end.',
    lines: { ...network, pattern: /const bridge|link add/ },
  },
  {
    id: 'tool-failed',
    evidence: says(/^.*\b(ip|nft|nsenter)\b.* failed: .*/m),
    usually: 'The tool was called with what it refuses; the rest of its message says why.',
    look: `${byHand} \`Command failed -:2\` means the second line.`,
    call: 'See ip(8), nft(8) or nsenter(1).',
    lines: { ...network, pattern: /ip\($|ipIn\(/ },
  },
]
