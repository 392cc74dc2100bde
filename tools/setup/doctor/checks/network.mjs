// What step 08 asks of the kernel, tried in a new network namespace; and what others have set up on
// this host.
import { readFileSync } from 'node:fs'
import { find } from '../../programs.mjs'
import { attemptAsRoot, canBeRoot } from '../attempt.mjs'

const nat =
  'add table ip doctor; add chain ip doctor out { type nat hook postrouting priority 100; }; add rule ip doctor out masquerade'

export const network = () => [
  inNamespace(
    'veth and bridge',
    'ip',
    'ip link add doctor0 type bridge && ip link add doctor1 type veth peer name doctor2',
    'modprobe bridge veth',
    8,
  ),
  inNamespace('NAT', 'nft', `nft '${nat}'`, 'modprobe nf_tables nft_chain_nat nft_masq', 8),
  queues(),
  ...firewall(),
]

function inNamespace(name, program, script, modules, from) {
  if (!find(program)) return { name, state: 'note', saw: `could not be tried without ${program}` }
  const { worked, untried, said } = attemptAsRoot(['unshare', '--net', 'sh', '-c', script])
  if (worked) return { name, state: 'ok', saw: 'can be made' }
  if (untried) return { name, state: 'unknown', saw: 'only root can try it', from }
  return {
    name,
    state: 'failure',
    saw: said,
    fix: `sudo ${modules}; where that fails, use the kernel of your distribution`,
    from,
  }
}

function queues() {
  const there = /\bmqueue$/m.test(readFileSync('/proc/filesystems', 'utf8'))
  if (there) return { name: 'message queues', state: 'ok', saw: 'mqueue is there' }
  return {
    name: 'message queues',
    state: 'failure',
    saw: 'this kernel has no mqueue: CONFIG_POSIX_MQUEUE is not set',
    fix: 'use the kernel of your distribution',
    only: [9],
  }
}

function firewall() {
  if (!canBeRoot() || !find('nft')) return []
  const chain = (name) => attemptAsRoot(['nft', 'list', 'chain', 'ip', 'filter', name])
  if (!/policy drop/.test(chain('FORWARD').output ?? '')) return []
  // Docker leaves this chain to others and puts its own before theirs in FORWARD.
  const place = chain('DOCKER-USER').worked ? 'DOCKER-USER' : 'FORWARD'
  return [
    {
      name: 'firewall',
      state: 'warning',
      saw: 'the host drops what it forwards for others, as Docker and ufw set it up: containers of step 08 reach the host and each other, but not the internet',
      fix: ['iifname', 'oifname']
        .map((name) => `sudo nft insert rule ip filter ${place} ${name} container0 accept`)
        .join('\n'),
    },
  ]
}
