// What the bench compares: the steps, and what's installed of other ways to make a container.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootfs } from '#rootfs'
import { find } from '../../setup/programs.mjs'
import { runCompiled, runStep } from '../../setup/steps.mjs'
import { say, task } from '../../setup/terminal.mjs'
import { succeeds } from '../run'
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

/** The same in Go, and with other runtimes. */
export async function others(scratch: string): Promise<Candidate[]> {
  const runtimes = ['runc', 'crun'].filter((name) => find(name))
  return [
    ...(await goPrograms(scratch)),
    ...runtimes.map((name) => ociRuntime(name, join(scratch, name))),
    ...tools.filter(({ command }) => find(command([])[0])),
  ]
}

const other = (name: string, words: string[]): Candidate => ({
  kind: 'other',
  name,
  command: (argv) => [...words, ...argv],
})

const bwrap = 'bwrap --unshare-pid --unshare-uts --hostname container --bind'.split(' ')

const tools = [
  other('bwrap', [...bwrap, rootfs, '/', '--proc', '/proc', '--dev', '/dev']),
  other('unshare -fmpu --mount-proc', ['unshare', '-fmpu', '--mount-proc']),
]

/** go/main.go does what step 06 does: `go run` with a warm cache, and compiled. */
async function goPrograms(scratch: string): Promise<Candidate[]> {
  if (!find('go')) {
    say('Nothing to compare with, as Go is not installed: on Debian, apt-get install golang-go')
    return []
  }
  const source = join(import.meta.dirname, 'go', 'main.go')
  const binary = join(scratch, 'main')
  // Its own cache: nothing stays, and no other program makes it warm or cold.
  const env = {
    ROOTFS: rootfs,
    GOCACHE: join(scratch, 'go-cache'),
    GOTOOLCHAIN: 'local',
    GOTELEMETRY: 'off',
    GOFLAGS: '',
  }
  await task('Compiling the Go program', () =>
    succeeds(['go', 'build', '-o', binary, source], { env }),
  )
  return [
    { ...other('go run', ['go', 'run', source, 'run']), kind: 'go run', env },
    { ...other('Go, compiled', [binary, 'run']), env },
  ]
}

/** runc or crun, with a bundle for each command. */
function ociRuntime(runtime: string, folder: string): Candidate {
  const state = join(folder, 'state')
  const bundles: string[] = []
  const bundleOf = (argv: string[]) => {
    const key = argv.join('\0')
    if (!bundles.includes(key)) makeBundle(runtime, join(folder, `${bundles.push(key) - 1}`), argv)
    return join(folder, `${bundles.indexOf(key)}`)
  }
  process.on('exit', () => removeAll(runtime, state))
  return {
    kind: 'other',
    name: `${runtime} run`,
    command: (argv, id = 0) => {
      const container = `bench-${process.pid}-${id}`
      return [runtime, '--root', state, 'run', '--bundle', bundleOf(argv), container]
    },
  }
}

/** The runtime's own default, except for the root, the command and the terminal. */
function makeBundle(runtime: string, bundle: string, args: string[]): void {
  mkdirSync(bundle, { recursive: true })
  execFileSync(runtime, ['spec'], { cwd: bundle })
  const file = join(bundle, 'config.json')
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.process = { ...config.process, terminal: false, args }
  config.root = { path: rootfs, readonly: true }
  writeFileSync(file, JSON.stringify(config))
}

/** A container that ends removes itself and its cgroup. This is for interrupted ones. */
function removeAll(runtime: string, state: string): void {
  if (!existsSync(state)) return
  for (const id of readdirSync(state)) {
    try {
      execFileSync(runtime, ['--root', state, 'delete', '--force', id], { stdio: 'ignore' })
    } catch {} // it removed itself meanwhile
  }
}
