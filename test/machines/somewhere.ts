// Runs a step on a machine that differs from this one, for instance with the checkout elsewhere.
import { spawnSync } from 'node:child_process'
import * as path from 'node:path'
import { inHost } from '../harness/host'
import { slowness } from '../harness/slowness'
import { steps } from '../harness/target'
import { becoming } from '../harness/user'
import { repository, work } from '../harness/work'

export const last = steps().at(-1) as string

/** Only ends a hang. */
export const patience = 300_000 * slowness

export type Outcome = { status: number | null; stdout: string; stderr: string }

export type Somewhere = {
  /** The process of hostLike() or sandbox() whose network and mounts it uses. */
  host: number
  /** Shell commands to run first: `$repository` is the checkout, `$folder` an empty folder. */
  prepare?: string
  /** A program with arguments that execs the command. */
  wrap?: string[]
  /** Where the command runs; the checkout by default. */
  from?: string
  temporary?: string
  /** The Node that runs it; by default the Node of the tests. */
  program?: string
}

/** Runs Node as a step or a tool does, in its own mount namespace, and waits for its end. */
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
    timeout: patience,
    env: { PATH: process.env.PATH, TERM: 'dumb', TMPDIR: temporary ?? work().otherTemporary },
  })
  return { status, stdout, stderr }
}

/** The words before a command that make root nobody, without privileges. */
export const nobody = [...becoming(65534), '--inh-caps=-all']

/** A checkout, a Node and a folder for temporary files for those who can't enter root's home. */
export const somebody = (host: number, wrap: string[]): Somewhere => ({
  host,
  prepare: `mount -t tmpfs -o mode=755 elsewhere "$folder"; mkdir "$folder/checkout"; mkdir -m 1777 "$folder/tmp"
    mount --bind "$repository" "$folder/checkout"
    touch "$folder/node"; mount --bind '${process.execPath}' "$folder/node"`,
  wrap,
  from: '"$folder/checkout"',
  temporary: path.join(work().mountPoint, 'tmp'),
  program: path.join(work().mountPoint, 'node'),
})

/** The words of Node that run a command in a step. */
export const step = (name: string, ...command: string[]) => [
  '--require',
  'tsx/cjs',
  `steps/${name}/main.ts`,
  'run',
  ...command,
]

/** The words of Node that run a command in the finished container, as `npm start` does. */
export const npmStart = (...command: string[]) => ['tools/run.mjs', 'start', ...command]

/** The words of Node that run some of the tests, ending with a line of counts. */
export const npmTest = (filter: string) => ['tools/run.mjs', 'test', filter]
