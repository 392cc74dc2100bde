// The rules of every firewall on this host that packets to or from a container pass, in layers:
// the tables of nftables, and those of the old iptables, each with a way to load it again.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { find } from '../../programs.mjs'

/**
 * @typedef {object} Layer
 * @property {string} name for people
 * @property {string} text the rules
 * @property {string[]} load the program that loads the text from its standard input
 * @property {{ table: string, chain: string, hook: string }[]} chains where packets come by
 * @property {boolean} [isOld] made by the old iptables, not by nftables
 * @property {string} [iptables] the program that people change it with, if it's one of these
 */

/** @returns {{ layers: Layer[], sets: string, unseen: string[] }} */
export function readRules() {
  const old = readOld()
  // Rules of iptables may refer to sets.
  const sets = output(['ipset', 'save'])
  return { layers: [...tables().map(layer), ...old.layers], sets, unseen: old.unseen }
}

/** The program that makes such rules. */
function whose(text) {
  if (/\bfirewalld\b|\bFORWARD_IN_ZONES\b/.test(text)) return 'firewalld'
  if (/\bufw-user-forward\b/.test(text)) return 'ufw'
  return /\bDOCKER-USER\b/.test(text) ? "Docker's firewall" : undefined
}

/** The tables of nftables. Containers have no IPv6, and their own table is ours. */
function tables() {
  const all = `\n${output(['nft', '-s', 'list', 'ruleset'])}`.split(/\n(?=table )/).slice(1)
  return all.filter((text) => !/^table (ip6 |ip container )/.test(text) && /\bhook /.test(text))
}

/** @returns {Layer} */
function layer(text) {
  const [, table] = /** @type {RegExpExecArray} */ (/^table (\S+ \S+)/.exec(text))
  const chains = [...text.matchAll(/^\tchain (\S+) \{\n\t\ttype \w+ hook (\w+)/gm)].map(
    ([, chain, hook]) => ({ table, chain, hook }),
  )
  // A table with an owner goes when that ends, and so when the copy is loaded.
  const loadable = text.replace(/^\tflags .*\b(owner|persist)\b.*\n/m, '')
  const asIptables = table.startsWith('ip ') ? savedByIptables(table.slice(3)) : undefined
  return {
    name: whose(text) ?? (asIptables ? 'iptables' : `table ${table} of nftables`),
    text: loadable,
    load: ['nft', '-f', '-'],
    chains,
    ...asIptables,
  }
}

// What iptables made in nftables is loaded by iptables: nft can't read all that it prints of that.
function savedByIptables(table) {
  const iptables = programFor('nf_tables')
  if (!iptables || !/^(filter|nat|mangle|raw|security)$/.test(table)) return undefined
  const text = output([`${iptables}-save`, '-t', table])
  if (!text.includes('COMMIT') || text.includes('incompatible')) return undefined
  return { iptables, text, load: [`${iptables}-restore`, '--noflush'] }
}

/** The old iptables: the kernel says which of its tables are there. */
function readOld() {
  const names = read('/proc/net/ip_tables_names').split('\n').filter(Boolean)
  if (names.length === 0) return { layers: [], unseen: [] }
  const iptables = programFor('legacy')
  if (!iptables) return { layers: [], unseen: ['the rules of iptables-legacy'] }
  return { layers: names.map((table) => oldLayer(iptables, table)), unseen: [] }
}

/** @returns {Layer} */
function oldLayer(iptables, table) {
  const text = output([`${iptables}-save`, '-t', table])
  const chains = [...text.matchAll(/^:([A-Z]+) (?:ACCEPT|DROP)/gm)].map(([, chain]) => ({
    table,
    chain,
    hook: chain.toLowerCase(),
  }))
  return {
    name: 'iptables-legacy',
    text,
    load: [`${iptables}-restore`],
    chains,
    iptables,
    isOld: true,
  }
}

/** The name under which iptables writes to this part of the kernel. */
function programFor(backend) {
  const explicit = backend === 'legacy' ? 'iptables-legacy' : 'iptables-nft'
  const plain = output(['iptables', '-V']).includes(`(${backend})`) ? ['iptables'] : []
  return [...plain, explicit].find((name) => find(`${name}-save`) && find(`${name}-restore`))
}

function output([name, ...args]) {
  const file = find(name)
  if (!file) return ''
  return spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 28 }).stdout ?? ''
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // this kernel has none
  }
}
