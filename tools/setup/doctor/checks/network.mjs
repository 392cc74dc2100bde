// What step 08 asks of the kernel, tried in a new network namespace; and what others have set up on
// this host.
import { readFileSync } from 'node:fs'
import { find } from '../../programs.mjs'
import { attemptAsRoot, attemptSomehow, canBeRoot } from '../attempt.mjs'
import { failure, note, ok, untried, warning } from '../finding.mjs'

const nat =
  'add table ip doctor; add chain ip doctor out { type nat hook postrouting priority 100; }; add rule ip doctor out masquerade'

export const network = () => [
  inNamespace(
    'veth and bridge',
    'ip',
    'ip link add doctor0 type bridge && ip link add doctor1 type veth peer name doctor2',
    'bridge veth',
  ),
  inNamespace('NAT', 'nft', `nft '${nat}'`, 'nf_tables nft_chain_nat nft_masq'),
  queues(),
  ...firewall(),
]

function inNamespace(name, program, script, modules) {
  if (!find(program)) return note(name, `could not be tried without ${program}`)
  const tried = attemptSomehow(['unshare', '--net', 'sh', '-c', script])
  if (tried.worked) return ok(name, 'can be made')
  if (tried.untried) return untried(name, 8)
  const fix = `sudo modprobe ${modules}; where that fails, use the kernel of your distribution`
  return failure(name, 8, tried.said, fix)
}

function queues() {
  const name = 'message queues'
  if (/\bmqueue$/m.test(readFileSync('/proc/filesystems', 'utf8')))
    return ok(name, 'mqueue is there')
  const saw = 'this kernel has no mqueue: CONFIG_POSIX_MQUEUE is not set'
  return failure(name, 9, saw, 'use the kernel of your distribution')
}

function firewall() {
  if (!canBeRoot() || !find('nft')) return []
  const chain = (name) => attemptAsRoot(['nft', 'list', 'chain', 'ip', 'filter', name])
  if (!/policy drop/.test(chain('FORWARD').output ?? '')) return []
  // Docker leaves this chain to others and puts its own before theirs in FORWARD.
  const place = chain('DOCKER-USER').worked ? 'DOCKER-USER' : 'FORWARD'
  const rule = (name) => `sudo nft insert rule ip filter ${place} ${name} container0 accept`
  return [
    warning(
      'firewall',
      'the host drops what it forwards for others, as Docker and ufw set it up: containers of step 08 reach the host and each other, but not the internet',
      ['iifname', 'oifname'].map(rule).join('\n'),
    ),
  ]
}
