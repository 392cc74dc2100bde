// What you could type to let a container's packets through a layer of the firewall.

/**
 * A way through: what to type, and what does the same in the copy of the firewall.
 * @typedef {{ typed: string[], same: string[] }} Fix
 */

const bridge = 'container0'

/**
 * From the most to the least fitting.
 * @param {import('./rules.mjs').Layer} layer
 * @param {string[]} hooks those that stop something
 * @returns {Fix[]}
 */
export function fixes(layer, hooks) {
  const chains = layer.chains.filter(({ hook }) => hooks.includes(hook))
  const rules = (layer.iptables ? iptables : nft)(layer, chains)
  if (rules.length === 0) return []
  const own = manager(layer, hooks)
  if (own) return [{ typed: own.map((line) => `sudo ${line}`), same: rules }]
  const docker = layer.name.startsWith('Docker') ? forDocker(layer, chains) : []
  return [docker, rules]
    .filter((lines) => lines.length > 0)
    .map((lines) => ({ typed: lines.map((line) => `sudo ${line}`), same: lines }))
}

/** A program that owns the rules, and would drop others with its next reload. */
function manager({ name }, hooks) {
  if (name === 'firewalld') return [`firewall-cmd --zone=trusted --add-interface=${bridge}`]
  if (name !== 'ufw') return undefined
  return [
    ...(hooks.includes('forward') ? [`ufw route allow in on ${bridge}`] : []),
    ...(hooks.includes('input') ? [`ufw allow in on ${bridge}`] : []),
  ]
}

const directions = { forward: ['i', 'o'], input: ['i'], output: ['o'], prerouting: ['i'] }

/** @param {import('./rules.mjs').Layer} layer */
function iptables({ iptables }, chains) {
  return chains.flatMap(({ table, chain, hook }) => {
    const name = table.replace(/^ip /, '')
    const where = name === 'filter' ? '' : `-t ${name} `
    return (directions[hook] ?? []).map(
      (way) => `${iptables} ${where}-I ${chain} -${way} ${bridge} -j ACCEPT`,
    )
  })
}

function nft(_, chains) {
  return chains.flatMap(({ table, chain, hook }) =>
    (directions[hook] ?? []).map((way) => {
      // In a table of bridges, the interfaces are the bridge's ports: container2 and so on.
      if (table.startsWith('bridge '))
        return `nft 'insert rule ${table} ${chain} ${way}ifname "container*" accept'`
      return `nft insert rule ${table} ${chain} ${way}ifname ${bridge} accept`
    }),
  )
}

// Docker leaves this chain to others, and never changes it.
function forDocker(layer, chains) {
  const ours = chains.map((one) =>
    one.hook === 'forward' ? { ...one, chain: 'DOCKER-USER' } : one,
  )
  return (layer.iptables ? iptables : nft)(layer, ours)
}
