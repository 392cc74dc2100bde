// What is measured: a name, a command, and the environment it needs.
import { at } from '../lib/project.mjs'
import { find } from '../lib/programs.mjs'
import { runStep } from '../lib/steps.mjs'
import { goPrograms } from './go.mjs'
import { ociRuntimes } from './oci.mjs'

export const rootfs = at('rootfs', 'busybox')

/** On one Node: what it needs for nothing at all, then with tsx, then each step. */
export function stepsOn({ path, version }, names) {
  const candidate = (kind, what, args) => ({
    kind,
    what,
    node: version,
    name: `${what}, Node ${version}`,
    command: [path, ...args],
  })
  return [
    candidate('start', 'node -e 0', ['-e', '0']),
    candidate('start', 'with tsx', ['--require', 'tsx/cjs', '-e', '0']),
    ...names.map((name) => candidate('step', name, runStep(name, ['/bin/true']).slice(1))),
  ]
}

/** The same in Go, and what is installed of other programs that make containers. */
export async function others(scratch) {
  return [...(await goPrograms(scratch)), ...ociRuntimes(scratch), ...tools()]
}

function tools() {
  const bwrap = [
    '--unshare-pid',
    '--unshare-uts',
    '--hostname',
    'container',
    '--bind',
    rootfs,
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
  ]
  return [
    { name: 'bwrap', command: ['bwrap', ...bwrap, '/bin/true'] },
    { name: 'unshare -fmpu --mount-proc', command: ['unshare', '-fmpu', '--mount-proc', '/bin/true'] },
  ]
    .filter(({ command }) => find(command[0]))
    .map((tool) => ({ kind: 'other', ...tool }))
}
