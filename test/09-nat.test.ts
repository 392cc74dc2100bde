import { claim, quote } from './harness/claim'
import { hostUnchanged, lookAt } from './harness/host'
import { addressOf, connected, internet, mirror, resolvConfOf, wayOut } from './harness/network'
import { killPid } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { ping, tcp } from './harness/talk'

export const claims: Claim[] = [
  {
    name: "the container's default route leads to the host",
    async check(target) {
      const shell = await connected(target)
      const gateway = await wayOut(shell)
      const { ofHost } = await addressOf(target, shell)
      claim(gateway === ofHost, `a default route via ${ofHost}, the host`, gateway)
    },
  },
  {
    name: 'through NAT, a container reaches a network that has no route back, by ping and TCP',
    async check(target) {
      const shell = await connected(target)
      await wayOut(shell)
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
    name: 'resolv.conf names nameservers outside the loopback network: those of the host',
    async check(target) {
      const shell = await connected(target)
      const { output } = await shell.ask('cat /etc/resolv.conf')
      const servers = serversIn(output)
      claim(servers.length > 0 && servers.every(isOutside), 'a nameserver', quote(output))
      const [first] = serversIn(await resolvConfOf(await target.ownHost())).filter(isOutside)
      const meaning = `${first}, the nameserver of the host`
      claim(!first || servers.includes(first), meaning, quote(output))
    },
  },
  {
    name: 'localhost and the name of the container have addresses',
    async check(target) {
      const shell = await connected(target)
      await ping(shell, 'localhost', 'the container to itself')
      await ping(shell, '"$(hostname)"', 'the container to its own name')
      const { output } = await shell.ask('hostname; cat /etc/hostname')
      const [name, file] = output.split('\n')
      claim(file === name, `the container's name, ${name}, in /etc/hostname`, quote(`${file}`))
    },
  },
  {
    name: "the host's nftables rules and network settings are as before in the end",
    starts: 3,
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = await lookAt(host)
      const one = await target.shell()
      const two = await target.shell()
      await wayOut(two)
      await one.end()
      await internet(host, (far) => ping(two, far, 'the container that is left to the internet'))
      await two.end()
      await hostUnchanged(before, [one.token, two.token], host)
    },
  },
  {
    name: 'the next run removes the way out that a killed run process left',
    starts: 3,
    async check(target) {
      const host = await target.ownHost()
      await target.endLive()
      const before = await lookAt(host)
      const shell = await target.shell()
      await wayOut(shell)
      killPid(shell.runPid)
      await shell.started.ended()
      const next = await target.run(['/bin/true'])
      claim(next.status === 0, 'a next run', `status ${next.status}; ${quote(next.stderr)}`)
      await hostUnchanged(before, [shell.token], host)
    },
  },
]

/** The nameservers that a resolv.conf names, with IPv4 addresses: a container has no other. */
const serversIn = (text: string) =>
  [...text.matchAll(/^nameserver\s+([\d.]+|::1)$/gm)].map(([, server]) => `${server}`)
const isOutside = (server: string) => !/^(127\.|::1$)/.test(server)

prove('09-nat', claims)
