// Whether the host's firewalls let a container's packets through: tried with a copy of their rules.
import { find } from '../../programs.mjs'
import { at } from '../../project.mjs'
import { attemptAsRoot } from '../attempt.mjs'
import { note, unknown, untried, warning } from '../finding.mjs'

const program = at('tools', 'setup', 'doctor', 'firewall', 'main.mjs')

export function firewall() {
  if (!find('nft') || !find('ip')) return []
  const { worked, said, output, ...tried } = attemptAsRoot([process.execPath, program], '', 120_000)
  if (tried.untried) return [untried('firewall')]
  if (!worked) return [unknown('firewall', undefined, `couldn't be tried: ${said}`)]
  /** @type {import('../firewall/main.mjs').Verdict} */
  const verdict = JSON.parse(output ?? '')
  return [...(verdict.closed.length ? [closed(verdict)] : []), ...unseen(verdict)]
}

/** @param {import('../firewall/main.mjs').Verdict} verdict */
function closed({ closed, by, fix, still = [], bridgeCalls }) {
  const whose = by.length ? by.join(' and ') : "this host's firewall"
  const ways = closed.map(({ name, step }) => `${name} (step ${`${step}`.padStart(2, '0')})`)
  const inside = bridgeCalls && closed.some(({ name }) => name === 'container ↔ container')
  const why = inside ? ': bridge-nf-call-iptables is 1, so it sees what stays on the bridge' : ''
  const rest = `that still stops ${names(still)}: see nft list ruleset, and iptables-save`
  const lines = still.length ? [...fix, rest] : fix
  return warning('firewall', `${whose} stops ${ways.join(', ')}${why}`, lines.join('\n'))
}

const names = (ways) => ways.map(({ name }) => name).join(', ')

/** @param {import('../firewall/main.mjs').Verdict} verdict */
function unseen({ unseen, failed }) {
  const all = [...unseen, ...(failed ?? [])]
  if (all.length === 0) return []
  const saw = `couldn't be tried, so a firewall may stop containers: ${all.join('; ')}`
  return [note('firewall rules', saw)]
}
