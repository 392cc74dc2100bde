// The doctor and the firewalls of a host: what they stop is really stopped, the doctor says so, and
// what it says to type opens the way.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { find } from '../../tools/setup/programs.mjs'
import { at } from '../../tools/setup/project.mjs'
import { inHost } from '../harness/host'
import { connected, internet } from '../harness/network'
import { steps, Target } from '../harness/target'

const program = [process.execPath, at('tools/setup/doctor/firewall/main.mjs')]
const nft = (text: string) => `nft '${text.replace(/\s*\n\s*/g, '\n')}'`
const base = (hook: string, rest: string) =>
  `type filter hook ${hook} priority filter; policy ${rest}`

const own = nft(`table inet mine { chain forward { ${base('forward', 'drop;')} }; }`)
const rejecting = nft(`table inet mine { chain forward { ${base('forward', 'accept;')}
  ct state established accept
  reject with icmpx admin-prohibited
}; }`)
const input = nft(`table inet mine { chain in { ${base('input', 'drop;')}
  ct state established,related accept
  tcp dport 22 accept
}; }`)
const bridge = nft(`table bridge mine { chain forward { ${base('forward', 'drop;')} }; }`)

// As Docker and ufw make them, through iptables.
const docker = ['-P FORWARD DROP', '-N DOCKER-USER', '-A FORWARD -j DOCKER-USER']
  .map((words) => `iptables-nft ${words}`)
  .join('; ')
const ufw = ['-P FORWARD DROP', '-N ufw-user-forward', '-A FORWARD -j ufw-user-forward']
  .map((words) => `iptables-nft ${words}`)
  .join('; ')
const legacy = 'iptables-legacy -P FORWARD DROP'

// The skeleton of what firewalld makes.
const firewalld = nft(`table inet firewalld {
  chain filter_FORWARD_ZONES { ; }
  chain filter_INPUT_ZONES { tcp dport 22 accept; }
  chain filter_FORWARD { ${base('forward', 'accept;')}
    ct state { established, related } accept
    jump filter_FORWARD_ZONES
    reject with icmpx admin-prohibited
  }
  chain filter_INPUT { ${base('input', 'accept;')}
    ct state { established, related } accept
    iifname "lo" accept
    jump filter_INPUT_ZONES
    reject with icmpx admin-prohibited
  }
}`)

const accept = (table: string, chain: string, ways = 'io') =>
  [...ways].map((way) => `sudo nft insert rule ${table} ${chain} ${way}ifname container0 accept`)
const iptables = (name: string, chain: string) =>
  ['i', 'o'].map((way) => `sudo ${name} -I ${chain} -${way} container0 -j ACCEPT`)
const nftIptables = execFileSync('sh', ['-c', 'iptables -V || :'], { encoding: 'utf8' }).includes(
  'nf_tables',
)
  ? 'iptables'
  : 'iptables-nft'

const [peers, host, out] = ['container ↔ container', 'container → host', 'container → internet']
const noCalls = 'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables'

/** The program that a case needs, what makes the firewall, what that stops, and what opens it. */
const cases: [name: string, needs: string, rules: string, closed: string[], fix: string[]][] = [
  ['inet, policy drop', 'nft', `${own}; ${noCalls}`, [out], accept('inet mine', 'forward')],
  ['inet, reject', 'nft', `${rejecting}; ${noCalls}`, [out], accept('inet mine', 'forward')],
  ['inet, input', 'nft', input, [host], accept('inet mine', 'in', 'i')],
  [
    'bridge',
    'nft',
    bridge,
    [peers],
    ['i', 'o'].map(
      (way) => `sudo nft 'insert rule bridge mine forward ${way}ifname "container*" accept'`,
    ),
  ],
  ['Docker', 'iptables-nft', docker, [peers, out], iptables(nftIptables, 'DOCKER-USER')],
  ['ufw', 'iptables-nft', ufw, [peers, out], ['sudo ufw route allow in on container0']],
  [
    'iptables-legacy, and no calls of the bridge',
    'iptables-legacy',
    `${legacy}; ${noCalls}`,
    [out],
    iptables('iptables-legacy', 'FORWARD'),
  ],
  [
    'firewalld',
    'nft',
    `${firewalld}; ${noCalls}`,
    [host, out],
    ['sudo firewall-cmd --zone=trusted --add-interface=container0'],
  ],
  [
    'two at once',
    'iptables-legacy',
    `${own}; ${legacy}; ${noCalls}`,
    [out],
    [...accept('inet mine', 'forward'), ...iptables('iptables-legacy', 'FORWARD')],
  ],
  ['one that lets all through', 'nft', own.replace('drop', 'accept'), [], []],
]

const lacking = cases.map(([, needs]) => needs).filter((name) => !find(name))
if (lacking.length)
  console.log(`some firewalls aren't tried: there's no ${lacking.join(', ')} here`)

type Verdict = { closed: { name: string }[]; fix: string[]; still?: unknown[]; failed?: string[] }

describe('the doctor', () => {
  for (const [name, needs, rules, closed, fix] of cases)
    test.skipIf(!find(needs))(name, async () => {
      const words = ['--net', 'sh', '-ec', `${rules}\nexec "$@"`, 'sh', ...program]
      const { stdout } = await promisify(execFile)('unshare', words)
      const verdict = JSON.parse(stdout) as Verdict
      expect(verdict.closed.map((way) => way.name)).toEqual(closed)
      expect(verdict).toMatchObject({ fix, failed: [], ...(closed.length && { still: [] }) })
    })
})

describe('on a host with a firewall', () => {
  const target = Target.step(steps().at(-1) as string)
  afterAll(() => target.close())

  test('a container is stopped, and let through by what the doctor prints', async () => {
    const shell = await connected(target)
    const pid = await target.ownHost()
    const onHost = (words: string[]) => {
      const [file, ...args] = [...inHost(pid), ...words] as [string, ...string[]]
      return execFileSync(file, args, { encoding: 'utf8' })
    }
    await internet(pid, async (far) => {
      const answers = async (patience: number) =>
        (await shell.ask(`ping -c 1 -W ${patience} ${far}`)).status === 0
      expect(await answers(60)).toBe(true)
      onHost(['sh', '-ec', own])
      expect(await answers(1)).toBe(false)
      const { fix } = JSON.parse(onHost(program)) as Verdict
      expect(fix).toEqual(accept('inet mine', 'forward'))
      onHost(['sh', '-ec', fix.map((line) => line.replace('sudo ', '')).join('\n')])
      expect(await answers(60)).toBe(true)
    })
  })
})

test("README's lines for Docker are the doctor's", () => {
  const readme = readFileSync(at('README.md'), 'utf8')
  expect(readme).toContain(iptables('iptables', 'DOCKER-USER').join('\n'))
  expect(readme).toContain('sudo firewall-cmd --zone=trusted --add-interface=container0')
  expect(readme).toContain('sudo ufw route allow in on container0')
})
