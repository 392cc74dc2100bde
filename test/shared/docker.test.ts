// The two rules of README.md that let a container of step 08 through a host's firewall that is like Docker's.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inHost } from '../harness/host'
import { Target } from '../harness/target'
import { repository } from '../harness/work'
import { connected, internet } from '../harness/network'

// As Docker makes them through iptables: what is forwarded is dropped, unless DOCKER-USER accepts it before.
const firewall = `
  table ip filter {
    chain DOCKER-USER { counter return; }
    chain FORWARD {
      type filter hook forward priority filter; policy drop;
      counter jump DOCKER-USER
    }
  }`

const target = Target.step('08-net')
afterAll(() => target.close())

test("Docker's firewall keeps a container from the internet, and README's two rules let it through", async () => {
  const shell = await connected(target)
  const host = await target.ownHost()
  const nft = (rules: string) => {
    const [file = '', ...args] = [...inHost(host), 'nft', '-f', '-']
    execFileSync(file, args, { input: rules })
  }
  const readme = readFileSync(path.join(repository, 'README.md'), 'utf8')
  const rules = [...readme.matchAll(/^sudo nft (insert rule .*)$/gm)].map(([, rule]) => rule)
  expect(rules.length).toBe(2)
  nft(firewall)
  await internet(host, async (far) => {
    const ping = async () => (await shell.ask(`ping -c 1 -W 1 ${far}`)).status
    expect(await ping()).toBe(1)
    nft(rules.join('\n'))
    expect(await ping()).toBe(0)
  })
})
