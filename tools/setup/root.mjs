// Only what makes containers runs as root, by sudo unless you're root.
import { statSync } from 'node:fs'
import { find } from './programs.mjs'
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
]

export const isRoot = () => process.getuid?.() === 0

/** The command that runs `argv` as root. */
export function asRoot(argv) {
  if (isRoot()) return argv
  if (!find('sudo'))
    throw new Problem(
      "Making a container needs root, and there's no sudo here: run this as root, or install sudo.",
    )
  const variables = kept
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}=${process.env[name]}`)
  if (isForeign('/tmp/tsx-0')) variables.push('TSX_DISABLE_CACHE=1')
  return ['sudo', ...(variables.length ? ['env', ...variables] : []), ...argv]
}

// Where tsx keeps what it compiles for root. If another user made it first, they could have put any
// code into it.
function isForeign(folder) {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid
  return owner !== undefined && owner !== 0
}
