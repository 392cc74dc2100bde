// Each type of namespace, by making one.
import { existsSync } from 'node:fs'
import { attemptSomehow } from '../attempt.mjs'
import { failure, ok, unknown, untried } from '../finding.mjs'

const types = [
  { name: 'uts namespace', file: 'uts', option: '--uts', from: 2 },
  { name: 'pid namespace', file: 'pid', option: '--pid', from: 3 },
  { name: 'mount namespace', file: 'mnt', option: '--mount', from: 4 },
  { name: 'cgroup namespace', file: 'cgroup', option: '--cgroup', from: 7 },
  { name: 'network namespace', file: 'net', option: '--net', from: 8 },
  { name: 'ipc namespace', file: 'ipc', option: '--ipc', from: 10 },
]

export const namespaces = () => [...types.map(namespace), mounting()]

function namespace({ name, file, option, from }) {
  if (existsSync(`/proc/self/ns/${file}`))
    return outcome(name, from, attemptSomehow(['unshare', option, '--fork', 'true']), 'can be made')
  return failure(name, from, 'this kernel has none', 'use the kernel of your distribution')
}

/** A container without privileges may have a mount namespace and still not mount anything. */
function mounting() {
  const script = 'mount -t tmpfs doctor /mnt && mount -t proc proc /mnt'
  const ended = attemptSomehow(['unshare', '--mount', '--pid', '--fork', 'sh', '-c', script])
  return outcome('mounting', 4, ended, 'tmpfs and proc can be mounted')
}

/** @param {import('../attempt.mjs').Attempt} attempt */
function outcome(name, from, attempt, saw) {
  const { worked, missing, said } = attempt
  if (worked) return ok(name, saw)
  if (missing) return unknown(name, from, said, 'install util-linux')
  if (attempt.untried) return untried(name, from)
  const fix = /No space left/.test(said)
    ? 'a limit is reached: sudo sysctl user.max_mnt_namespaces=10000 (and its like for other types)'
    : 'run this as root of the machine; in Docker, start with --privileged'
  return failure(name, from, said, fix)
}
