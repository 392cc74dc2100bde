// What the steps from 08 on ask of the kernel, tried in a new network namespace; and what on this
// host is in their way.
import { readFileSync } from 'node:fs'
import { find } from '../../programs.mjs'
import { attemptAsRoot, attemptSomehow, read } from '../attempt.mjs'
import { failure, note, ok, untried } from '../finding.mjs'
import { mountOptions } from '../mounts.mjs'

const nat =
  'add table ip doctor; add chain ip doctor out { type nat hook postrouting priority 100; }; add rule ip doctor out masquerade'

export const network = () => [
  inNamespace(
    'veth and bridge',
    'ip',
    'ip link add doctor0 type bridge && ip link add doctor1 type veth peer name doctor2',
    8,
    'bridge veth',
  ),
  inNamespace('NAT', 'nft', `nft '${nat}'`, 9, 'nf_tables nft_chain_nat nft_masq'),
  queues(),
  ...forwarding(),
  ...foreign(),
]

function inNamespace(name, program, script, from, modules) {
  if (!find(program)) return note(name, `could not be tried without ${program}`)
  const tried = attemptSomehow(['unshare', '--net', 'sh', '-c', script])
  if (tried.worked) return ok(name, 'can be made')
  if (tried.untried) return untried(name, from)
  const fix = `sudo modprobe ${modules}; where that fails, use the kernel of your distribution`
  return failure(name, from, tried.said, fix)
}

function queues() {
  const name = 'message queues'
  if (/\bmqueue$/m.test(readFileSync('/proc/filesystems', 'utf8')))
    return ok(name, 'mqueue is there')
  const saw = 'this kernel has no mqueue: CONFIG_POSIX_MQUEUE is not set'
  return failure(name, 10, saw, 'use the kernel of your distribution')
}

/** Step 09 switches forwarding on. Where that can't be written, it has to be on. */
function forwarding() {
  const isOn = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() === '1'
  if (isOn || !mountOptions('/proc/sys/net/ipv4').includes('ro')) return []
  const saw = '/proc/sys is read-only here, and this machine forwards nothing'
  const fix = 'on the machine that runs this container: sudo sysctl net.ipv4.ip_forward=1'
  return [failure('forwarding', 9, saw, fix)]
}

/** What bears the names of the bridge and of its table, and isn't the steps'. */
function foreign() {
  const found = []
  const address = read('/sys/class/net/container0/address')
  if (address !== '' && !address.startsWith('02:00:0a:c8:')) {
    const fix = 'sudo ip link set container0 down; sudo ip link set container0 name NAME'
    found.push(failure('container0', 8, 'a network interface of that name is here already', fix))
  }
  const [table, chain] = ['ip container', 'container0']
  // Asked once: a container that ends meanwhile takes its table along.
  const listed = attemptAsRoot(['nft', 'list', 'table', ...table.split(' ')])
  if (!listed.worked || listed.output?.includes(`chain ${chain} {`)) return found
  const saw = `an nftables table '${table}' is here already, and no container made it`
  return [...found, failure('table', 9, saw, `sudo nft delete table ${table}`)]
}
