import { find, shown } from '../tools/setup/programs.mjs'
import { at } from '../tools/setup/project.mjs'
import { Problem, task } from '../tools/setup/terminal.mjs'
import type { Work } from './work'

// debootstrap fails if its target's path has a space; in its own mount namespace it has a plain
// one. Its mounts and processes end with this process, even with kill -9.
const PLACE = '/mnt'
const INSIDE = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--pid', '--fork', '--kill-child'],
  ...['sh', '-ec', `mount --bind "$1" ${PLACE}; shift; exec "$@"`, 'sh'],
]

/**
 * Makes Debian's smallest system with debootstrap, which needs root. `DEBIAN_SUITE` and
 * `DEBIAN_MIRROR` choose another release and another server. Throws a Problem if it can't.
 */
export async function makeDebian(root: string, work: Work): Promise<void> {
  if (process.geteuid?.() !== 0) {
    throw new Problem(
      `debootstrap needs root to make device files and to chroot. Run: ${asRoot(work)}`,
    )
  }
  const debootstrap = find('debootstrap')
  if (!debootstrap)
    throw new Problem('debootstrap is not installed. Install it: apt-get install debootstrap')
  const { DEBIAN_SUITE: suite = 'stable', DEBIAN_MIRROR: mirror } = process.env
  const command = [debootstrap, '--variant=minbase', suite, PLACE, ...(mirror ? [mirror] : [])]
  const [file, ...args] = [...INSIDE, root, ...command]
  const title = `debootstrap fetches and installs Debian ${suite}, which takes a minute or more`
  await task(title, async (detail: (text: string) => void) => {
    const { execa } = await import('execa')
    const run = execa(file, args, {
      stdin: 'ignore',
      all: true,
      reject: false,
      cancelSignal: work.signal,
      killSignal: 'SIGKILL',
    })
    for await (const line of run.iterable({ from: 'all' })) detail(line)
    const { failed, all } = await run
    work.signal?.throwIfAborted()
    if (!failed) return
    if (all.includes('mounted with noexec or nodev'))
      throw new Problem(
        `Debian can't be made in ${work.directory}: debootstrap needs device files and programs ` +
          'there, and it is mounted with nodev or noexec (see findmnt -T). ' +
          'Choose another place with ROOTFS_DIR=/some/directory.',
      )
    throw new Problem(
      `debootstrap could not make Debian ${suite}:\n${lastLines(all)}\nIf that is about the ` +
        'network, check it or choose another server with DEBIAN_MIRROR=URL.',
    )
  })
}

const VARIABLES = ['ROOTFS_DIR', 'DEBIAN_SUITE', 'DEBIAN_MIRROR', 'http_proxy', 'https_proxy']

// sudo clears the environment, with the proxy that debootstrap needs.
function asRoot({ force, name }: Work): string {
  const kept = VARIABLES.filter((variable) => process.env[variable])
  return shown([
    ...['sudo', ...(kept.length ? [`--preserve-env=${kept}`] : [])],
    ...[process.execPath, at('tools', 'run.mjs'), 'rootfs', 'debian'],
    ...(force ? ['--force'] : []),
    ...(name ? ['--name', name] : []),
  ])
}

const lastLines = (text: string) =>
  text
    .split('\n')
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n')
