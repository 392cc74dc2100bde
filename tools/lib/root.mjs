// Only what makes containers runs as root; whoever is root already needs no sudo.
import { find } from './programs.mjs'
import { Problem } from './terminal.mjs'

// sudo clears the environment, but for TERM; these mean something to the steps or their tests.
const kept = ['ROOTFS', 'CONTAINER_MAIN', 'CI', 'NO_COLOR', 'FORCE_COLOR', 'TEST_SLOWNESS', 'ONLY_OWN_STEP']

export function asRoot(argv) {
  if (process.getuid() === 0) return argv
  if (!find('sudo'))
    throw new Problem(
      'Making a container needs root, and there is no sudo here: run this as root, or install sudo.',
    )
  const variables = kept
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}=${process.env[name]}`)
  return ['sudo', ...(variables.length ? ['env', ...variables] : []), ...argv]
}
