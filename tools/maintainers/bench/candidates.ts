// The steps as the bench runs them.
import { runCompiled, runStep } from '../../setup/steps.mjs'
import type { Node } from './options'
import type { Candidate } from './outcome'

/** On one Node: Node alone, Node with tsx, then each step as `npm start` runs it and by hand. */
export function stepsOn({ path, version }: Node, names: string[]): Candidate[] {
  const candidate = (
    kind: Candidate['kind'],
    name: string,
    words: (argv: string[]) => string[],
  ): Candidate => ({
    kind,
    node: version,
    name: `${name}, Node ${version}`,
    command: (argv) => [path, ...words(argv)],
  })
  return [
    candidate('start', 'node -e 0', () => ['-e', '0']),
    candidate('start', 'node --require tsx/cjs -e 0', () => ['--require', 'tsx/cjs', '-e', '0']),
    ...names.map((name) => candidate('step', name, (argv) => runCompiled(name, argv).slice(1))),
    ...names.map((name) =>
      candidate('tsx', `${name} with tsx`, (argv) => runStep(name, argv).slice(1)),
    ),
  ]
}
