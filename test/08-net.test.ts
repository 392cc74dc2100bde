import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { hostUnchanged, snapshot } from './harness/host'
import { killPid, namespace, sleep, until } from './harness/proc'
import { connected, internet, inNetwork, words } from './harness/network'
import { type Claim, claim, HarnessError, quote } from './harness/claim'
import type { Live, Target } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

type Address = { interface: string; address: string; gateway: string }

/** The address of a container, as the host sees it in the container's network namespace. */
async function addressOf(target: Target, shell: Live): Promise<Address> {
  const [inside, outside] = [namespace(shell.pid, 'net'), target.outside('net')]
  claim(inside !== outside, `another network namespace than the host's ${outside}`, inside)
  const addresses = await inNetwork(
    shell.pid,
    'ip',
    '-4',
    '-o',
    'address',
    'show',
    'scope',
    'global',
  )
  const found = /^\d+: (\S+)\s+inet ([\d.]+)\//m.exec(addresses)
  claim(found !== null, 'an IPv4 address in the container', quote(addresses))
  const routes = await inNetwork(shell.pid, 'ip', '-4', 'route')
  const gateway = /^default via (\S+)/m.exec(routes)?.[1]
  claim(gateway !== undefined, 'a default route in the container', quote(routes))
  return { interface: found[1] as string, address: found[2] as string, gateway }
}

async function ping(shell: Live, to: string, meaning: string): Promise<void> {
  const { status, output } = await shell.ask(`ping -c 1 -W 2 ${to}`)
  claim(status === 0, `an answer to ping from ${meaning}, ${to}`, quote(output))
}

/** Sends a line to a TCP port from inside a container and gives the answer. */
async function tcp(shell: Live, to: string, port: number): Promise<string> {
  const { output } = await shell.ask(`echo question | nc -w 3 ${to} ${port}`)
  return output
}

/** Lets a container serve one TCP connection: it says where it is. */
async function serve(shell: Live, port: number, answer: string): Promise<void> {
  await shell.ask(`(echo ${answer} | nc -l -p ${port} > /mytemp/nc.${port} 2>&1 &)`)
  const listening = await until(async () => {
    const sockets = await inNetwork(
      shell.pid,
      'cat',
      '/proc/self/net/tcp',
      '/proc/self/net/tcp6',
    ).catch(() => '')
    return sockets.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `)
  })
  claim(listening, `a program in the container that listens on port ${port}`, 'none')
}

// A host may have no busybox; the one of the root file system is static.
const busybox = () => join(work().rootfs, 'bin/busybox')

/** A server in another network namespace that answers each connection with the address it came from. */
async function mirror<T>(pid: number, port: number, act: () => Promise<T>): Promise<T> {
  const program = `require('node:net').createServer((s) => { s.on('error', () => {}); s.end(s.remoteAddress.replace('::ffff:', '') + '\\n') }).listen(${port}, '0.0.0.0', () => console.log('ready'))`
  const child = execFile('nsenter', [
    '--target',
    String(pid),
    '--net',
    process.execPath,
    '-e',
    program,
  ])
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  try {
    const up = await until(() => said.includes('ready') || child.exitCode !== null)
    if (!up || child.exitCode !== null)
      throw new HarnessError('the server in the third namespace did not start')
    return await act()
  } finally {
    killPid(child.pid)
  }
}

/** Two containers at once, for all properties that need a second one. */
async function withSecond(
  target: Target,
  act: (one: Live, two: Live) => Promise<void>,
): Promise<void> {
  const one = await connected(target)
  await addressOf(target, one)
  const two = await target.shell()
  try {
    await act(one, two)
  } finally {
    await two.end()
  }
}

export const claims: Claim[] = [
  {
    name: 'the command has its own network namespace, with an eth0, an address and a default route',
    async check(target) {
      const { interface: name } = await addressOf(target, await connected(target))
      claim(name === 'eth0', 'the address on eth0', name)
    },
  },
  {
    name: 'the loopback interface is up',
    async check(target) {
      const shell = await connected(target)
      await addressOf(target, shell)
      await ping(shell, '127.0.0.1', 'the container to itself')
    },
  },
  {
    name: 'container and host reach each other by ping and TCP',
    async check(target) {
      const shell = await connected(target)
      const { address, gateway } = await addressOf(target, shell)
      await ping(shell, gateway, 'the container to the host')
      const host = await target.ownHost()
      await inNetwork(host, busybox(), ...words(`ping -c 1 -W 2 ${address}`)).catch((error) =>
        claim(
          false,
          `an answer to ping from the host to the container, ${address}`,
          quote(String(error.stdout)),
        ),
      )
      await mirror(host, 5000, async () => {
        const seen = await tcp(shell, gateway, 5000)
        claim(
          seen === address,
          `a connection from the container, ${address}, to the host`,
          quote(seen),
        )
      })
      await serve(shell, 5001, 'from the container')
      const answer = await inNetwork(host, busybox(), ...words(`nc -w 3 ${address} 5001`)).catch(
        String,
      )
      claim(answer.trim() === 'from the container', "the container's answer on TCP", quote(answer))
    },
  },
  {
    name: 'two containers at once have different addresses and reach each other by ping and TCP',
    check: (target) =>
      withSecond(target, async (one, two) => {
        const [first, second] = [
          (await addressOf(target, one)).address,
          (await addressOf(target, two)).address,
        ]
        claim(first !== second, 'two addresses', `${first} in both`)
        await ping(one, second, 'the first container to the second')
        await ping(two, first, 'the second container to the first')
        await serve(two, 5002, 'second')
        claim(
          (await tcp(one, second, 5002)) === 'second',
          'the answer of the second container on TCP',
          'none',
        )
        await serve(one, 5003, 'first')
        claim(
          (await tcp(two, first, 5003)) === 'first',
          'the answer of the first container on TCP',
          'none',
        )
      }),
  },
  {
    name: 'through NAT, a container reaches a network that has no route back, by ping and TCP',
    async check(target) {
      const shell = await connected(target)
      await addressOf(target, shell)
      await internet(await target.ownHost(), async (far, host, pid) => {
        await ping(shell, far, 'the container to the internet')
        await mirror(pid, 5004, async () => {
          const seen = await tcp(shell, far, 5004)
          claim(
            seen === host,
            `a connection that comes from the address of the host, ${host}`,
            quote(seen),
          )
        })
      })
    },
  },
  {
    name: 'resolv.conf names a nameserver outside the loopback network',
    async check(target) {
      const shell = await connected(target)
      await addressOf(target, shell)
      const { output } = await shell.ask('cat /etc/resolv.conf')
      const servers = [...output.matchAll(/^nameserver\s+(\S+)/gm)].map(
        (match) => match[1] as string,
      )
      claim(
        servers.length > 0 && servers.every((server) => !/^(127\.|::1$)/.test(server)),
        'a nameserver',
        quote(output),
      )
    },
  },
  {
    name: "the host's interfaces, routes, nftables rules and ip_forward are as before after the last container",
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = snapshot(host)
      const one = await target.shell()
      const two = await target.shell()
      const { gateway } = await addressOf(target, two)
      await addressOf(target, one)
      await one.end()
      await ping(two, gateway, 'the container that is left to the host')
      await internet(host, (far) => ping(two, far, 'the container that is left to the internet'))
      await two.end()
      await hostUnchanged(before, [one.token, two.token], host)
    },
  },
  {
    name: 'the next run removes what a killed run process left in the network',
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = snapshot(host)
      const shell = await target.shell()
      await addressOf(target, shell)
      killPid(shell.runPid)
      await shell.started.ended()
      await sleep(50)
      const next = await target.run(['/bin/true'])
      claim(next.status === 0, 'a next run', `status ${next.status}; ${quote(next.stderr)}`)
      await hostUnchanged(before, [shell.token], host)
    },
  },
]

prove('08-net', claims)
