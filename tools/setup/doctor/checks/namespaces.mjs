// Each type of namespace, by making one.
import { existsSync } from 'node:fs'
import { attemptAsRoot } from '../attempt.mjs'

const types = [
  { name: 'uts namespace', file: 'uts', option: '--uts', from: 2, config: 'CONFIG_UTS_NS' },
  { name: 'pid namespace', file: 'pid', option: '--pid', from: 3, config: 'CONFIG_PID_NS' },
  { name: 'mount namespace', file: 'mnt', option: '--mount', from: 4, config: 'CONFIG_NAMESPACES' },
  {
    name: 'cgroup namespace',
    file: 'cgroup',
    option: '--cgroup',
    from: 7,
    config: 'CONFIG_CGROUPS',
  },
  { name: 'network namespace', file: 'net', option: '--net', from: 8, config: 'CONFIG_NET_NS' },
  { name: 'ipc namespace', file: 'ipc', option: '--ipc', from: 9, config: 'CONFIG_IPC_NS' },
]

export const namespaces = () => [...types.map(namespace), mounting()]

function namespace({ name, file, option, from, config }) {
  if (!existsSync(`/proc/self/ns/${file}`))
    return {
      name,
      state: 'failure',
      saw: `this kernel has none: ${config} is not set`,
      fix: 'use the kernel of your distribution',
      from,
    }
  return outcome(name, from, attemptAsRoot(['unshare', option, '--fork', 'true']), 'can be made')
}

/** A container without privileges may have a mount namespace and still not mount anything. */
function mounting() {
  const script = 'mount -t tmpfs doctor /mnt && mount -t proc proc /mnt'
  const ended = attemptAsRoot(['unshare', '--mount', '--pid', '--fork', 'sh', '-c', script])
  return outcome('mounting', 4, ended, 'tmpfs and proc can be mounted')
}

/**
 * @param {string} name
 * @param {number} from
 * @param {import('../attempt.mjs').Attempt} attempt
 * @param {string} saw
 */
function outcome(name, from, { worked, untried, missing, said }, saw) {
  if (worked) return { name, state: 'ok', saw }
  if (missing) return { name, state: 'unknown', saw: said, fix: 'install util-linux', from }
  if (untried)
    return { name, state: 'unknown', saw: 'the kernel has it; only root can try it', from }
  const space = /No space left/.test(said)
    ? 'a limit is reached: sudo sysctl user.max_mnt_namespaces=10000 (and its like for other types)'
    : undefined
  return {
    name,
    state: 'failure',
    saw: said,
    fix: space ?? 'run this as root of the machine; in Docker, start with --privileged',
    from,
  }
}
