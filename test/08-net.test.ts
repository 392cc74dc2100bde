import { closeSync, openSync } from 'node:fs'
import { claim, quote } from './harness/claim'
import { hostUnchanged, lookAt } from './harness/host'
import { addressOf, connected, inNetwork, mirror, narrowWayOut } from './harness/network'
import { killPid } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import type { Live } from './harness/target'
import { ping, pingFromHost, serve, tcp, tcpFromHost } from './harness/talk'
import { until } from './harness/waiting'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: 'the command has its own network namespace, with an interface and an address',
    async check(target) {
      await addressOf(target, await connected(target))
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
    name: 'an ordinary user can ping',
    async check(target) {
      const shell = await connected(target)
      await addressOf(target, shell)
      const { output } = await shell.ask(`${work().fixture} ping 65534 127.0.0.1`)
      const meaning = 'an answer to the ping of an ordinary user in the container'
      claim(output === 'answered', meaning, quote(output))
    },
  },
  {
    name: 'container and host reach each other by ping and TCP',
    async check(target) {
      const shell = await connected(target)
      const host = await target.ownHost()
      const { address, ofHost } = await addressOf(target, shell)
      await ping(shell, ofHost, 'the container to the host')
      await pingFromHost(host, address)
      await mirror(host, 5000, async () => {
        const seen = await tcp(shell, ofHost, 5000)
        const meaning = `a connection from the container, ${address}, to the host`
        claim(seen === address, meaning, quote(seen))
      })
      await serve(shell, 5001, 'from the container')
      const answer = await tcpFromHost(host, address, 5001)
      claim(answer === 'from the container', "the container's answer on TCP", quote(answer))
    },
  },
  {
    name: 'two containers at once have different addresses and reach each other by ping and TCP',
    async check(target) {
      const one = await connected(target)
      const { address: first } = await addressOf(target, one)
      const two = await target.shell()
      try {
        const { address: second } = await addressOf(target, two)
        claim(first !== second, 'two addresses', `${first} in both`)
        await ping(one, second, 'the first container to the second')
        await ping(two, first, 'the second container to the first')
        await serve(two, 5002, 'second')
        const fromSecond = await tcp(one, second, 5002)
        claim(fromSecond === 'second', "the second container's answer on TCP", quote(fromSecond))
        await serve(one, 5003, 'first')
        const fromFirst = await tcp(two, first, 5003)
        claim(fromFirst === 'first', "the first container's answer on TCP", quote(fromFirst))
      } finally {
        await two.end()
      }
    },
  },
  {
    name: 'packets are no larger than the way out of the host takes',
    starts: 1,
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      await narrowWayOut(host, async (size) => {
        const shell = await target.shell()
        await addressOf(target, shell)
        const links = await inNetwork(shell.pid, 'ip', '-o', 'link', 'show', 'up')
        await shell.end()
        const sizes = [...links.matchAll(/^\d+: (?!lo:).* mtu (\d+)/gm)].map(([, mtu]) =>
          Number(mtu),
        )
        const fits = sizes.length > 0 && sizes.every((mtu) => mtu <= size)
        claim(fits, `packets of ${size} bytes at most`, `an mtu of ${sizes.join(', ')}`)
      })
    },
  },
  {
    name: 'no container can give the host an address or a route by IPv6',
    async check(target) {
      const shell = await connected(target)
      const host = await target.ownHost()
      const { ofHost } = await addressOf(target, shell)
      const links = await inNetwork(host, 'ip', '-4', '-o', 'addr', 'show', 'to', `${ofHost}`)
      const [, link] = /^\d+: (\S+)/.exec(links) ?? []
      const conf = `/proc/sys/net/ipv6/conf/${link}`
      const read = `cat ${conf}/disable_ipv6 ${conf}/accept_ra 2> /dev/null || echo 1`
      const said = (await inNetwork(host, 'sh', '-c', read)).trim()
      const meaning = `disable_ipv6 of ${link} to be 1, or its accept_ra 0`
      claim(/^1\b|\b0$/.test(said), meaning, said.replace('\n', ' and '))
    },
  },
  {
    name: "the host's interfaces, addresses and routes are as before in the end",
    starts: 3,
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = await lookAt(host)
      const one = await target.shell()
      const two = await target.shell()
      const { ofHost } = await addressOf(target, two)
      await addressOf(target, one)
      await one.end()
      await ping(two, ofHost, 'the container that is left to the host')
      await holding(two, () => two.end())
      await hostUnchanged(before, [one.token, two.token], host)
    },
  },
  {
    name: 'the next run removes what a killed run process left in the network',
    starts: 3,
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = await lookAt(host)
      const shell = await target.shell()
      await addressOf(target, shell)
      const isUnplugged = await plugOf(host, shell)
      killPid(shell.runPid)
      await shell.started.ended()
      await until(isUnplugged)
      const next = await target.shell()
      await holding(next, () => next.end())
      const { status, stderr } = await next.started.ended()
      claim(status === 0, 'a next run', `status ${status}; ${quote(stderr)}`)
      await hostUnchanged(before, [shell.token], host)
    },
  },
]

/** Keeps a container's network meanwhile: else the kernel unplugs it, at some moment. */
async function holding({ pid }: Live, act: () => Promise<unknown>): Promise<void> {
  const network = openSync(`/proc/${pid}/ns/net`, 'r')
  try {
    await act()
  } finally {
    closeSync(network)
  }
}

/** Tells whether the kernel has removed the host's ends of a container's cables. */
async function plugOf(host: number, { pid }: Live): Promise<() => Promise<boolean>> {
  const indexes = /@if(\d+)/g
  const peers = [...(await inNetwork(pid, 'ip', '-o', 'link')).matchAll(indexes)].map(([, n]) => n)
  const isPeer = (line: string) => peers.includes(line.split(':')[0])
  return async () => !(await inNetwork(host, 'ip', '-o', 'link')).split('\n').some(isPeer)
}

prove('08-net', claims)
