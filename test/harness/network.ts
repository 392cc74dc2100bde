// Networks for the tests: a host's own, and one that plays the internet.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { claim, quote } from './claim'
import { inHost } from './host'
import { differs } from './namespace'
import { keep, sandbox } from './sandbox'
import type { Live, Target } from './target'
import { work } from './work'

const execute = promisify(execFile)

/** Runs a program of the host in the network of a process. */
export async function inNetwork(pid: number, file: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('nsenter', ['--target', `${pid}`, '--net', file, ...args])
  return stdout
}

const ip = (pid: number, words: string) => inNetwork(pid, 'ip', ...words.split(' '))

/** The shared container on a stand-in host, so that nothing of the machine's network is touched. */
export async function connected(target: Target): Promise<Live> {
  await target.ownHost()
  return target.live()
}

const addresses = new WeakMap<Live, ReturnType<typeof findAddress>>()

/** A container's address, as its host sees it, and the host's own address on the same network. */
export async function addressOf(target: Target, shell: Live) {
  const found = addresses.get(shell) ?? findAddress(target, shell)
  await found
  addresses.set(shell, found)
  return found
}

async function findAddress(target: Target, shell: Live) {
  const { pid } = shell
  differs(target, shell, 'net', 'network')
  const addresses = await ip(pid, '-4 -o address show scope global')
  const found = /^\d+: \S+\s+inet ([\d.]+)\//m.exec(addresses)
  claim(found !== null, 'an IPv4 address in the container', quote(addresses))
  const [, address = ''] = found
  const route = await ip(await target.ownHost(), `-4 route get ${address}`).catch(words)
  const ofHost = / src (\S+)/.exec(route)?.[1]
  const meaning = `an address of the host in the network of the container's, ${address}`
  claim(ofHost !== undefined && !/ via /.test(route), meaning, quote(route))
  return { address, ofHost }
}

const words = (error: Error) => `none: ${error.message.split('\n').at(-1)}`

/** What a host's resolv.conf says; nothing if it has none. */
export async function resolvConfOf(host: number): Promise<string> {
  const [file = '', ...args] = [...inHost(host), 'cat', '/etc/resolv.conf']
  const { stdout } = await execute(file, args).catch(() => ({ stdout: '' }))
  return stdout
}

/** Where a container's default route leads. */
export async function wayOut({ pid }: Live): Promise<string> {
  const routes = await ip(pid, '-4 route')
  const gateway = /^default via (\S+)/m.exec(routes)?.[1]
  claim(gateway !== undefined, 'a default route in the container', quote(routes))
  return gateway
}

/** A network that plays the internet, joined to the host by a veth pair; it has no route back. */
export async function internet<T>(
  host: number,
  act: (address: string, seenFrom: string, pid: number) => Promise<T>,
): Promise<T> {
  const [near, far] = ['198.51.100.1', '198.51.100.2'] // TEST-NET-2
  const { pid, close } = await sandbox(['--net'], 'ip link set lo up')
  try {
    await ip(host, `link add inet0 type veth peer name eth0 netns ${pid}`)
    const up = (link: string, address: string) =>
      `ip address add ${address}/24 dev ${link} && ip link set ${link} up`
    await inNetwork(host, 'sh', '-c', up('inet0', near))
    await inNetwork(pid, 'sh', '-c', up('eth0', far))
    return await act(far, near, pid)
  } finally {
    await ip(host, 'link delete inet0').catch(() => '') // gone with its peer's namespace
    await close()
  }
}

/** A host whose way out takes small packets only, as a VPN's does. */
export async function narrowWayOut<T>(host: number, act: (size: number) => Promise<T>): Promise<T> {
  const size = 1300
  await ip(host, `link add out0 mtu ${size} up type bridge`)
  try {
    await ip(host, 'address add 198.51.100.1/24 dev out0') // TEST-NET-2
    await ip(host, 'route add default via 198.51.100.2')
    return await act(size)
  } finally {
    await ip(host, 'link delete out0')
  }
}

/** A server in a process's network that answers each connection with the address it came from. */
export async function mirror<T>(pid: number, port: number, act: () => Promise<T>): Promise<T> {
  const server = await keep([
    ...['nsenter', '--target', `${pid}`, '--net'],
    ...[work().fixture, 'mirror', `${port}`],
  ])
  try {
    return await act()
  } finally {
    await server.close()
  }
}
