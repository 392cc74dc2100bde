import { shown } from '../tools/setup/programs.mjs'
import { at } from '../tools/setup/project.mjs'
import type { Context } from './context'
import { Problem } from './problem'
import { run } from './run'

// Own namespaces, so that its mounts and processes end with this one, even with kill -9. Both are of util-linux.
const DIE_WITH_PARENT = [
  '--pdeathsig',
  'KILL',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
]

// debootstrap fails where its target's path has a space. In that mount namespace it has a plain one.
const PLACE = '/mnt'
const AT_PLACE = ['sh', '-ec', `mount --bind "$1" ${PLACE}; shift; exec "$@"`, 'sh']

/**
 * Makes Debian's smallest system with debootstrap, which needs root. `DEBIAN_SUITE` and `DEBIAN_MIRROR` choose another
 * release and another server. Throws a {@link Problem} when not root, without debootstrap, or when that fails.
 */
export async function makeDebian(root: string, context: Context): Promise<void> {
  if (process.geteuid?.() !== 0) {
    throw new Problem(
      `debootstrap needs root to make device files and to chroot. Run: ${shown(['sudo', process.execPath, at('tools', 'rootfs.mjs'), 'debian'])}`,
    )
  }
  const { DEBIAN_SUITE: suite = 'stable', DEBIAN_MIRROR: mirror } = process.env
  if ((await run('debootstrap', ['--version'], context)).status !== 0) {
    throw new Problem('debootstrap is not installed. Install it: apt-get install debootstrap')
  }
  context.say(`debootstrap fetches and installs Debian ${suite}, that takes a minute or more.`)
  const command = ['debootstrap', '--variant=minbase', suite, PLACE, ...(mirror ? [mirror] : [])]
  const { status } = await run('setpriv', [...DIE_WITH_PARENT, ...AT_PLACE, root, ...command], {
    signal: context.signal,
    show: true,
  })
  if (status === 0) return
  throw new Problem(
    `debootstrap could not make Debian ${suite} (status ${status}); its last lines above say why. ` +
      'Check the network, or choose another server with DEBIAN_MIRROR=URL.',
  )
}
