// What is measured: a kind, a name, its environment, and `command(argv, id)`: the command line that runs `argv` in a
// container. `id` is a number of its own for each that runs at the same time.
import { at } from '../../setup/project.mjs'
import { find } from '../../setup/programs.mjs'
import { runCompiled, runStep } from '../../setup/steps.mjs'
import { goPrograms } from './go.mjs'
import { ociRuntimes } from './oci.mjs'

export const rootfs = at('rootfs', 'busybox')

/** On one Node: what it needs for nothing at all, then with tsx, then each step, as `npm start` and as one by hand. */
export function stepsOn({ path, version }, names) {
  const candidate = (kind, what, command) => ({
    kind,
    what,
    node: version,
    name: `${what}${kind === 'tsx' ? ' with tsx' : ''}, Node ${version}`,
    command: (argv) => [path, ...command(argv)],
  })
  return [
    candidate('start', 'node -e 0', () => ['-e', '0']),
    candidate('start', 'node --require tsx/cjs -e 0', () => ['--require', 'tsx/cjs', '-e', '0']),
    ...names.map((name) => candidate('step', name, (argv) => runCompiled(name, argv).slice(1))),
    ...names.map((name) => candidate('tsx', name, (argv) => runStep(name, argv).slice(1))),
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
    { name: 'bwrap', command: (argv) => ['bwrap', ...bwrap, ...argv] },
    {
      name: 'unshare -fmpu --mount-proc',
      command: (argv) => ['unshare', '-fmpu', '--mount-proc', ...argv],
    },
  ]
    .filter(({ command }) => find(command([])[0]))
    .map((tool) => ({ kind: 'other', what: tool.name, ...tool }))
}
