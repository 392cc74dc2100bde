// A step on a machine that is set up otherwise than the one the tests run on: for instance with the checkout elsewhere.
import { spawnSync } from 'node:child_process'
import { inHost } from '../harness/host'
import { slowness } from '../harness/slowness'
import { steps } from '../harness/target'
import { repository, work } from '../harness/work'

export const last = steps().at(-1) as string

export type Outcome = { status: number | null; stdout: string; stderr: string }

export type Somewhere = {
  /** The process of hostLike() or sandbox() in whose network and mounts it takes place. */
  host: number
  /** Shell commands before, in a mount namespace of its own: `$repository` is the checkout, `$folder` an empty folder. */
  prepare?: string
  /** A program with arguments that starts the command by exec. */
  wrap?: string[]
  /** Where the command is run; the checkout if not given. */
  from?: string
  temporary?: string
  /** The Node that runs it; that of the tests if not given. */
  program?: string
}

/** Runs `node`, as it is started for a step or a tool, and waits for its end. */
export function node(
  words: string[],
  {
    host,
    prepare = ':',
    wrap = [],
    from = '"$repository"',
    temporary,
    program = process.execPath,
  }: Somewhere,
): Outcome {
  const script = `set -e\nrepository=$1 folder=$2; shift 2\n${prepare}\ncd ${from}\nexec "$@"`
  const own = ['unshare', '--mount', '--propagation', 'unchanged', '/bin/sh', '-c', script, 'sh']
  const command = [
    ...inHost(host),
    ...own,
    repository,
    work().mountPoint,
    ...wrap,
    program,
    ...words,
  ]
  const { status, stdout, stderr } = spawnSync(command[0] as string, command.slice(1), {
    encoding: 'utf8',
    timeout: 15_000 * slowness,
    env: { PATH: process.env.PATH, TERM: 'dumb', TMPDIR: temporary ?? work().temporary },
  })
  return { status, stdout, stderr }
}

/** The words with which `node` runs a command in a step. */
export const step = (name: string, ...command: string[]) => [
  '--require',
  'tsx/cjs',
  `steps/${name}/main.ts`,
  'run',
  ...command,
]
