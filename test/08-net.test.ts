import { claim, quote } from './harness/claim'
import { hostUnchanged, snapshot } from './harness/host'
import { addressOf, connected, inNetwork, internet, mirror } from './harness/network'
import { killPid } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import type { Live } from './harness/target'
import { soon } from './harness/waiting'
import { work } from './harness/work'

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
      const host = await target.ownHost()
      const { address, gateway } = await addressOf(target, shell)
      await ping(shell, gateway, 'the container to the host')
      await pingFromHost(host, address)
      await mirror(host, 5000, async () => {
        const seen = await tcp(shell, gateway, 5000)
        const meaning = `a connection from the container, ${address}, to the host`
        claim(seen === address, meaning, quote(seen))
      })
      await serve(shell, 5001, 'from the container')
      const answer = await hostBusybox(host, `nc -w ${PATIENCE} ${address} 5001`).catch(String)
      claim(answer.trim() === 'from the container', "the container's answer on TCP", quote(answer))
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
    name: 'through NAT, a container reaches a network that has no route back, by ping and TCP',
    async check(target) {
      const shell = await connected(target)
      await addressOf(target, shell)
      await internet(await target.ownHost(), async (far, host, pid) => {
        await ping(shell, far, 'the container to the internet')
        await mirror(pid, 5004, async () => {
          const seen = await tcp(shell, far, 5004)
          const meaning = `a connection that comes from the host's address, ${host}`
          claim(seen === host, meaning, quote(seen))
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
      const servers = [...output.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server]) => `${server}`)
      claim(
        servers.length > 0 && servers.every((server) => !/^(127\.|::1$)/.test(server)),
        'a nameserver',
        quote(output),
      )
    },
  },
  {
    name: "the host's interfaces, routes, nftables and ip_forward are as before in the end",
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
      const next = await target.run(['/bin/true'])
      claim(next.status === 0, 'a next run', `status ${next.status}; ${quote(next.stderr)}`)
      await hostUnchanged(before, [shell.token], host)
    },
  },
]

prove('08-net', claims)

/** Seconds in which a connection must answer, so that one to nowhere ends at all. */
const PATIENCE = 10

async function ping(shell: Live, to: string, meaning: string): Promise<void> {
  const { status, output } = await shell.ask(`ping -c 1 -W ${PATIENCE} ${to}`)
  claim(status === 0, `an answer to ping from ${meaning}, ${to}`, quote(output))
}

async function pingFromHost(host: number, to: string): Promise<void> {
  const failed = ({ stdout }: { stdout?: string }) =>
    claim(false, `an answer to ping from the host to the container, ${to}`, quote(String(stdout)))
  await hostBusybox(host, `ping -c 1 -W ${PATIENCE} ${to}`).catch(failed)
}

/** Sends a line to a TCP port from inside a container and gives the answer. */
async function tcp(shell: Live, to: string, port: number): Promise<string> {
  const { output } = await shell.ask(`echo question | nc -w ${PATIENCE} ${to} ${port}`)
  return output
}

/** Has a container serve one TCP connection: it says where it is. */
async function serve(shell: Live, port: number, answer: string): Promise<void> {
  await shell.ask(`(echo ${answer} | nc -l -p ${port} > /mytemp/nc.${port} 2>&1 &)`)
  const inHex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const listening = await soon(async () => {
    const files = ['/proc/self/net/tcp', '/proc/self/net/tcp6']
    return (await inNetwork(shell.pid, 'cat', ...files).catch(() => '')).includes(inHex)
  })
  claim(listening, `a program in the container that listens on port ${port}`, 'none')
}

/** A host may lack busybox; the one of the rootfs is static. */
const hostBusybox = (host: number, words: string) =>
  inNetwork(host, `${work().rootfs}/bin/busybox`, ...words.split(' '))
