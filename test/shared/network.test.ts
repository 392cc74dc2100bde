// The bridge among what a host may have, and among other containers.
import { expect, test } from 'vitest'
import { hasIPv6 } from '../harness/host'
import { addressOf, inNetwork } from '../harness/network'
import { killPid, until } from '../harness/proc'
import type { Live } from '../harness/target'
import { ping } from '../harness/talk'
import { work } from '../harness/work'
import { isRoot } from '../native/program'
import { ownHost } from './own-host'

test.skipIf(!isRoot).for([
  ['a bridge', 'ip link add container0 type bridge'],
  [
    'a bridge with a port and an address',
    `ip link add container0 up type bridge
     ip link add port0 master container0 type veth peer name other0
     ip addr add 10.200.0.1/24 dev container0`,
  ],
  ['a tunnel', 'ip tuntap add container0 mode tun'],
  ['a cable', 'ip link add container0 type veth peer name other0'],
])('%s called container0 is named, and not touched', async ([, prepare], { expect }) => {
  const { run, unchanged } = await ownHost(prepare)
  expect(await run('true')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^there is a network interface container0 .*\nhint: .*rename/),
  })
  await unchanged()
})

test.skipIf(!isRoot).for([
  ['before its address', ''],
  ['before it is up', 'ip addr add 10.200.0.1/24 dev container0'],
  [
    'before the container is plugged in',
    'ip addr add 10.200.0.1/24 dev container0; ip link set container0 up',
  ],
])('a bridge whose maker was killed %s', async ([, more], { expect }) => {
  const { run, onHost, unchanged } = await ownHost()
  onHost(`ip link add container0 address 02:00:0a:c8:00:01 type bridge; ${more}`)
  const { status, stderr } = await run('ping -c 1 10.200.0.1')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  await unchanged()
})

test.skipIf(!isRoot)("somebody else's interface in the bridge keeps it", async () => {
  const { run, onHost, target, unchanged } = await ownHost()
  const shell = await target.live()
  onHost(
    'ip tuntap add mine0 mode tap; ip link set mine0 up master container0; ip link set mine0 alias "my machine"',
  )
  expect((await run('true')).status).toBe(0)
  await shell.end()
  expect(onHost('cat /sys/class/net/mine0/ifalias; ls /sys/class/net/container0/brif')).toBe(
    'my machine\nmine0',
  )
  onHost('ip link delete mine0')
  expect((await run('true')).status).toBe(0)
  await unchanged()
})

test.skipIf(!isRoot)('runs of two PID namespaces share a network', async () => {
  const { run, target, unchanged } = await ownHost()
  const elsewhere = { wrap: ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] }
  const one = await target.shell()
  const { ofHost } = await addressOf(target, one)
  const reachesHost = (shell: Live) => ping(shell, ofHost, 'a container to the host')
  expect((await run('true', elsewhere)).status).toBe(0)
  await reachesHost(one)
  const two = await target.shell(elsewhere)
  expect((await addressOf(target, two)).address).not.toBe((await addressOf(target, one)).address)
  expect((await run('true')).status).toBe(0)
  await reachesHost(two)
  // The whole namespace is killed, with its run process.
  killPid(two.runPid)
  await two.started.ended()
  await reachesHost(one)
  await one.end()
  expect((await run('true')).status).toBe(0)
  await unchanged()
})

test.skipIf(!isRoot)("the container's packets are no larger than the way out takes", async () => {
  const { run, onHost } = await ownHost()
  const mtu = async () => (await run('cat /sys/class/net/eth0/mtu')).stdout
  expect(await mtu()).toBe('1500\n')
  onHost(`ip link add out0 mtu 1450 up type bridge
    ip addr add 192.0.2.2/24 dev out0
    ip route add default via 192.0.2.1`)
  expect(await mtu()).toBe('1450\n')
  onHost('ip route replace default via 192.0.2.1 mtu lock 1350')
  expect(await mtu()).toBe('1350\n')
  // As wg-quick does it: a table of its own, which all but its own packets use.
  onHost(`ip link add tunnel0 mtu 1420 up type bridge
    ip route add default dev tunnel0 table 51820
    ip rule add not fwmark 51820 table 51820
    ip rule add table main suppress_prefixlength 0`)
  expect(await mtu()).toBe('1420\n')
  onHost('ip link set tunnel0 mtu 9000')
  expect(await mtu()).toBe('9000\n')
  onHost('ip route replace unreachable default table 51820')
  expect(await mtu()).toBe('1500\n')
})

if (!hasIPv6) console.log('Skipped: router advertisements, since this kernel has no IPv6.')

test.skipIf(!isRoot || !hasIPv6)("a container isn't the host's IPv6 router", async () => {
  const { target, onHost } = await ownHost()
  onHost(`cd /proc/sys/net/ipv6/conf
    echo 0 > all/disable_ipv6; echo 0 > default/disable_ipv6; echo 1 > default/accept_ra`)
  const shell = await target.live()
  // Another bridge shows that a host listens to what the container says.
  onHost(`ip link add control0 up type bridge
    ip link add control1 up master control0 type veth peer name eth1 netns ${shell.pid}`)
  await inNetwork(shell.pid, 'ip', 'link', 'set', 'eth1', 'up')
  const learned = () => onHost('ip -6 -o addr; ip -6 route')
  // As a router does, again and again: both ends of a new cable need a while.
  const advertise = async () => {
    for (const link of ['eth0', 'eth1']) await shell.ask(`${work().fixture} advertise ${link}`)
    return /default .* dev control0/.test(learned())
  }
  expect(await until(advertise)).toBe(true)
  // From then on the host has heard both.
  expect(await advertise()).toBe(true)
  expect(learned()).toMatch(/control0 +inet6 2001:db8:/)
  expect(learned()).not.toContain('container0')
})
