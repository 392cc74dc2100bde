// Only what makes containers runs as root, by sudo unless you're root.
import { find } from './programs.mjs'
import { root } from './project.mjs'
import { Problem } from './terminal.mjs'

// sudo clears the environment except for TERM; the steps or their tests read these.
const kept = [
  'ROOTFS',
  'CONTAINER_MAIN',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  'TEST_SLOWNESS',
  'TEST_STEPS',
  'TSX_DISABLE_CACHE',
]

export const isRoot = () => process.getuid?.() === 0

/** The command that runs `argv` as root, as you'd type it. */
export function typedAsRoot(argv) {
  if (isRoot()) return argv
  const variables = kept
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}=${process.env[name]}`)
  return ['sudo', ...(variables.length ? ['env', ...variables] : []), ...argv]
}

/** The command that runs `argv` as root, or says why root can't. */
export function asRoot(argv) {
  if (isRoot()) return argv
  if (!find('sudo'))
    throw new Problem(
      "Making a container needs root, and there's no sudo here: run this as root, or install sudo.",
    )
  const [sudo, ...command] = typedAsRoot(argv)
  return [sudo, 'sh', '-c', unlessUnreadable, root, ...command]
}

// Root may be nobody on another machine's file system. Node would answer with a stack trace.
const unlessUnreadable = `[ -r "$0/package.json" ] && exec "$@"
echo "✖ Root can't read $0: file systems like NFS and FUSE may keep root out." >&2
echo "  Clone the repository to a disk of this machine, for instance below /var/tmp." >&2
exit 1`
