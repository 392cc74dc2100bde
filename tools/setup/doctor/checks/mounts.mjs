// What is mounted as /, which a step replaces, layers above a directory, and whether /proc shows
// other users' processes.
import { find } from '../../programs.mjs'
import { isRoot } from '../../root.mjs'
import { attemptSomehow } from '../attempt.mjs'
import { failure, ok, unknown, untried, warning } from '../finding.mjs'
import { mountAt } from '../mounts.mjs'

export const mounts = () => [replacingRoot(), layering(), ...hiddenProcesses()]

function replacingRoot() {
  const name = 'replacing /'
  if (!find('pivot_root')) return unknown(name, 6, 'there is no program pivot_root here to try it')
  const script = 'mount -t tmpfs doctor /mnt && cd /mnt && pivot_root . .'
  const tried = attemptSomehow(['unshare', '--mount', 'sh', '-c', script])
  if (tried.worked) return ok(name, 'pivot_root works')
  if (tried.untried) return untried(name, 6)
  return failure(name, mountAt('/') ? 6 : 4, tried.said, whyNot())
}

function whyNot() {
  const type = mountAt('/')?.type
  if (type === 'rootfs')
    return '/ is the initramfs, and nothing can replace that: leave it with switch_root'
  if (!type) return '/ is no mount point: before the chroot to it, bind mount it on itself'
  return 'run this as root of the machine; in Docker, start with --privileged'
}

function layering() {
  const script = `mount -t tmpfs doctor /mnt && cd /mnt && mkdir lower upper work &&
    mount -t overlay doctor -o lowerdir=lower,upperdir=upper,workdir=work lower`
  const tried = attemptSomehow(['unshare', '--mount', 'sh', '-c', script])
  if (tried.worked) return ok('overlayfs', 'a layer can be mounted above a directory')
  if (tried.missing) return unknown('overlayfs', 11, tried.said, 'install util-linux')
  if (tried.untried) return untried('overlayfs', 11)
  const fix = /unknown filesystem|No such device/.test(tried.said)
    ? 'load it with sudo modprobe overlay, or use the kernel of your distribution'
    : 'run this as root of the machine; in Docker, start with --privileged'
  return failure('overlayfs', 11, tried.said, fix)
}

/** On hardened machines. A container belongs to root, and the guide looks for its pid. */
function hiddenProcesses() {
  const hides = mountAt('/proc')?.options.some((option) => /hidepid=(?!0|off)/.test(option))
  if (isRoot() || !hides) return []
  const saw = 'it hides the processes of root from you (hidepid): pgrep and ps find no container'
  const fix =
    "write sudo before the guide's pgrep and ps, or: sudo mount -o remount,hidepid=0 /proc"
  return [warning('/proc', saw, fix)]
}
