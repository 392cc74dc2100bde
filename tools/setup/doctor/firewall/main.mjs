// Which ways the host's firewalls close to containers, and what opens them: tried in a copy of the
// network, with copies of the rules. Runs as root; prints JSON.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { find } from '../../programs.mjs'
import { fixes } from './fixes.mjs'
import { buildLab, load, run } from './lab.mjs'
import { readRules } from './rules.mjs'

/**
 * The ways that are closed; the layers that close them; what to type.
 * @typedef {{ name: string, step: number }} Way
 * @typedef {{ closed: Way[], still?: Way[], by: string[], fix: string[], unseen: string[],
 *   failed?: string[], bridgeCalls: boolean }} Verdict
 */

/** On the host: reads the rules, and gives them to this program in a namespace. */
function onHost() {
  const rules = readRules()
  const host = { ...wayOut(), bridgeCalls: bridgeCalls(), links: mentioned(rules.layers) }
  if (rules.layers.length === 0)
    return { closed: [], by: [], fix: [], unseen: rules.unseen, bridgeCalls: false }
  const words = ['--net', process.execPath, fileURLToPath(import.meta.url), 'in-lab']
  const input = JSON.stringify({ ...rules, host })
  const ended = spawnSync(find('unshare') ?? 'unshare', words, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (ended.status !== 0) throw new Error(ended.stderr.trim() || `${ended.error?.message}`)
  return JSON.parse(ended.stdout)
}

function wayOut() {
  const { stdout } = spawnSync(find('ip') ?? 'ip', ['-4', 'route', 'get', '1.1.1.1'], {
    encoding: 'utf8',
  })
  return {
    link: / dev (\S+)/.exec(stdout ?? '')?.[1] ?? 'out0',
    address: / src (\S+)/.exec(stdout ?? '')?.[1] ?? '192.0.2.1',
  }
}

function bridgeCalls() {
  try {
    const file = '/proc/sys/net/bridge/bridge-nf-call-iptables'
    return readFileSync(file, 'utf8').trim() === '1'
  } catch {
    return false
  }
}

/** The interfaces that the rules may name. */
function mentioned(layers) {
  const text = layers.map((layer) => layer.text).join('\n')
  const words = new Set(text.match(/[^\s",{}]+/g))
  return readdirSync('/sys/class/net').filter(
    (link) => words.has(link) && link !== 'lo' && !link.startsWith('container'),
  )
}

/** In the copy. */
async function inLab() {
  const { layers, sets, unseen, host } = JSON.parse(readFileSync(0, 'utf8'))
  const lab = await buildLab({ ...host, links: host.links.filter((link) => link !== host.link) })
  if (sets) run(['ipset', 'restore'], sets)
  try {
    return { ...(await judge(lab, layers)), unseen, bridgeCalls: host.bridgeCalls }
  } finally {
    lab.close()
  }
}

async function judge(lab, layers) {
  load([])
  const start = performance.now()
  const broken = await lab.stopped(20_000)
  if (broken.length > 0) throw new Error(`even without rules, this is closed: ${names(broken)}`)
  // How long it takes here without rules says how long to wait for what is dropped.
  const patience = Math.max(400, 10 * (performance.now() - start))
  const failed = load(layers)
  const closed = await lab.stopped(patience)
  const found = closed.length > 0 ? await open(lab, layers, closed, patience) : { by: [], fix: [] }
  return { closed, ...found, failed }
}

const names = (ways) => ways.map(({ name }) => name).join(', ')

/** Finds the layers that close something, each on its own, and what opens it. */
async function open(lab, layers, closed, patience) {
  const by = []
  const fix = []
  const same = []
  for (const layer of layers) {
    load([layer])
    const here = await lab.stopped(patience)
    if (here.length === 0) continue
    by.push(layer.name)
    const found = await bestFix(lab, layer, here, patience)
    if (!found) continue
    fix.push(...found.typed)
    same.push(...found.same)
  }
  load(layers, same)
  const still = await lab.stopped(patience)
  return { by: [...new Set(by)], fix: still.length < closed.length ? fix : [], still }
}

/** The first fix that opens all that the layer closes, or else the one that opens most. */
async function bestFix(lab, layer, here, patience) {
  /** @type {import('./fixes.mjs').Fix | undefined} */
  let best
  let left = here.length
  for (const hooks of [[...new Set(here.map(({ hook }) => hook))], everyHook])
    for (const fix of fixes(layer, hooks)) {
      load([layer], fix.same)
      const still = (await lab.stopped(patience)).length
      if (still < left) best = fix
      left = Math.min(left, still)
      if (still === 0) return fix
    }
  return best
}

const everyHook = ['forward', 'input', 'output', 'prerouting']

const verdict = process.argv[2] === 'in-lab' ? await inLab() : onHost()
console.log(JSON.stringify(verdict))
process.exit() // in the copy, it still listens
