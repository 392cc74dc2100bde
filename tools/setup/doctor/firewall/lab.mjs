// A copy of this host's network, in a namespace: the bridge, two containers, the way out and
// something out there. `unshare --net` starts this program, so that nothing of the host changes.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { find } from '../../programs.mjs'
import { at } from '../../project.mjs'
import { listen, reaches } from './peer.mjs'

const far = '1.1.1.1'

/** Who has to reach whom, from which step on, and the hook where that's usually stopped. */
const ways = [
  { name: 'container ↔ container', step: 8, hook: 'forward', to: '10.200.0.3', port: 8000 },
  { name: 'container → host', step: 8, hook: 'input', to: '10.200.0.1', port: 8000 },
  { name: 'host → container', step: 8, hook: 'input', to: '10.200.0.2', port: 8000 },
  { name: 'container → internet', step: 9, hook: 'forward', to: far, port: 443 },
]

/** Runs a program with words or, given an input, with that. Throws what it said if it fails. */
export function run([name, ...args], input = '') {
  const ended = spawnSync(find(name) ?? name, args, { input, encoding: 'utf8' })
  if (ended.status !== 0)
    throw new Error(`${name}: ${(ended.stderr || `${ended.error?.message}`).trim().split('\n')[0]}`)
}

const ip = (...lines) => run(['ip', '-batch', '-'], lines.join('\n'))
const ipIn = ({ pid }, ...lines) =>
  run(['nsenter', `--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], lines.join('\n'))

/**
 * Builds it.
 * @param {{ link: string, address: string, links: string[], bridgeCalls: boolean }} host
 */
export async function buildLab({ link, address, links, bridgeCalls }) {
  const peers = await Promise.all([startPeer(), startPeer(), startPeer()])
  const [first, second, internet] = peers
  await listen()
  ip(
    'link set lo up',
    'link add container0 type bridge',
    'addr add 10.200.0.1/24 dev container0',
    'link set container0 up',
    `link add ${link} type veth peer name eth0 netns ${internet.pid}`,
    `addr add ${address}/32 dev ${link}`,
    `link set ${link} up`,
    `route add default dev ${link} src ${address}`,
  )
  ipIn(internet, `addr add ${far}/32 dev eth0`, 'link set eth0 up', 'route add default dev eth0')
  plugIn(first, 2)
  plugIn(second, 3)
  // Rules name interfaces that must be there to load them.
  for (const other of links) spawnSync('ip', ['link', 'add', other, 'type', 'bridge'])
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  const calls = '/proc/sys/net/bridge/bridge-nf-call-iptables'
  if (existsSync(calls)) writeFileSync(calls, bridgeCalls ? '1' : '0')
  return { stopped: (patience) => stopped(first, patience), close: () => peers.forEach(end) }
}

function plugIn(peer, number) {
  const port = `container${number}`
  ip(
    `link add ${port} type veth peer name eth0 netns ${peer.pid}`,
    `link set ${port} up master container0`,
  )
  ipIn(
    peer,
    'link set lo up',
    'link set eth0 up',
    `addr add 10.200.0.${number}/24 dev eth0`,
    'route add default via 10.200.0.1',
  )
}

/** Loads layers of the firewall in place of those there are. Returns which couldn't be, and why. */
export function load(layers, more = []) {
  run(['nft', 'flush', 'ruleset'])
  for (const layer of old.splice(0)) run(layer.load, emptied(layer))
  old.push(...layers.filter((layer) => layer.isOld))
  run(['nft', '-f', '-'], masquerade)
  const failed = []
  for (const layer of layers)
    try {
      run(layer.load, layer.text)
    } catch (error) {
      failed.push(`${layer.name} (${/** @type {Error} */ (error).message})`)
    }
  for (const line of more) run(['sh', '-c', line])
  return failed
}

/** Those of the old iptables that are loaded. */
const old = []

const emptied = ({ chains }) =>
  [`*${chains[0].table}`, ...chains.map(({ chain }) => `:${chain} ACCEPT`), 'COMMIT', ''].join('\n')

const masquerade = `table ip container {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr 10.200.0.0/24 oifname != container0 masquerade
  }
}`

/** The ways that are closed. */
async function stopped(first, patience) {
  const open = await Promise.all(
    ways.map(({ name, to, port }) =>
      (name.startsWith('host') ? reaches : first.reaches)(to, port, patience),
    ),
  )
  return ways.filter((_, index) => !open[index])
}

async function startPeer() {
  const argv = ['--net', process.execPath, at('tools/setup/doctor/firewall/peer.mjs')]
  const child = spawn(find('unshare') ?? 'unshare', argv, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const asked = new Map()
  let count = 0
  await new Promise((ready, fail) => {
    child.on('error', fail).on('exit', (status) => fail(new Error(`unshare ended with ${status}`)))
    child.on('message', (/** @type {any} */ message) => {
      if (message.ready) ready(undefined)
      else asked.get(message.id)(message.reached)
    })
  })
  return {
    pid: child.pid,
    child,
    reaches: (address, port, patience) =>
      new Promise((done) => {
        const id = ++count
        asked.set(id, done)
        child.send({ id, address, port, patience })
      }),
  }
}

const end = ({ child }) => {
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
}
