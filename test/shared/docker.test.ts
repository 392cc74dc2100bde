// README's two rules, which let containers of step 09 through a firewall like Docker's.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inHost } from '../harness/host'
import { connected, internet } from '../harness/network'
import { Target } from '../harness/target'
import { until } from '../harness/waiting'
import { repository } from '../harness/work'

// Docker makes these chains through iptables: it drops forwarded traffic that DOCKER-USER doesn't
// accept. Here a rule does that, and counts.
const firewall = `
  table ip filter {
    chain DOCKER-USER { counter return; }
    chain FORWARD {
      type filter hook forward priority filter; policy drop;
      counter jump DOCKER-USER
      counter drop
    }
  }`

const target = Target.step('09-nat')
afterAll(() => target.close())

test("Docker's firewall stops a container, and README's two rules let it through", async () => {
  const shell = await connected(target)
  const host = await target.ownHost()
  const nft = (args: string[], input = '') => {
    const [file = '', ...words] = [...inHost(host), 'nft', ...args]
    return execFileSync(file, words, { input, encoding: 'utf8' })
  }
  const dropped = () =>
    Number(/packets (\d+) bytes \d+ drop/.exec(nft(['list', 'table', 'ip', 'filter']))?.[1])
  const readme = readFileSync(path.join(repository, 'README.md'), 'utf8')
  const rules = [...readme.matchAll(/^sudo nft (insert rule .*)$/gm)].map(([, rule]) => rule)
  expect(rules.length).toBe(2)
  nft(['-f', '-'], firewall)
  await internet(host, async (far) => {
    expect((await shell.ask(`ping -c 1 -W 1 ${far}`)).status).toBe(1)
    expect(await until(() => dropped() === 1)).toBe(true)
    nft(['-f', '-'], rules.join('\n'))
    expect((await shell.ask(`ping -c 1 -W 60 ${far}`)).status).toBe(0)
    expect(dropped()).toBe(1)
  })
})
