// What the bench compares: the steps, and what's installed of other ways to make a container.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootfs } from '#rootfs'
import { find } from '../../setup/programs.mjs'
import { runCompiled, runStep } from '../../setup/steps.mjs'
import { say, task } from '../../setup/terminal.mjs'
import { succeeds } from '../run'

/** `start` is Node alone, `tsx` a step as typed by hand, `step` as `npm start` runs it. */
export type Candidate = {
  kind: 'start' | 'step' | 'tsx' | 'go run' | 'other'
  name: string
  command: string[]
}

/** What each of them runs in a container. */
const argv = ['/bin/echo', 'up']

/** Node alone, Node with tsx, then each step as `npm start` runs it and by hand. */
export const stepsAndNode = (names: string[]): Candidate[] => [
  { kind: 'start', name: 'node -e 0', command: [process.execPath, '-e', '0'] },
  {
    kind: 'start',
    name: 'node --require tsx/cjs -e 0',
    command: [process.execPath, '--require', 'tsx/cjs', '-e', '0'],
  },
  ...names.map((name) => ({ kind: 'step' as const, name, command: runCompiled(name, argv) })),
  ...names.map((name) => ({
    kind: 'tsx' as const,
    name: `${name} with tsx`,
    command: runStep(name, argv),
  })),
]

/** The same in Go, and with other runtimes. */
export async function others(scratch: string): Promise<Candidate[]> {
  const runtimes = ['runc', 'crun'].filter((name) => find(name))
  return [
    ...(await goPrograms(scratch)),
    ...runtimes.map((name) => ociRuntime(name, join(scratch, name))),
    ...tools.filter(({ command }) => find(command[0])),
  ]
}

const other = (name: string, words: string[]): Candidate => ({
  kind: 'other',
  name,
  command: [...words, ...argv],
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
  Object.assign(process.env, {
    ROOTFS: rootfs,
    GOCACHE: join(scratch, 'go-cache'),
    GOTOOLCHAIN: 'local',
    GOTELEMETRY: 'off',
    GOFLAGS: '',
  })
  await task('Compiling the Go program', () => succeeds(['go', 'build', '-o', binary, source]))
  return [
    { ...other('go run', ['go', 'run', source, 'run']), kind: 'go run' },
    other('Go, compiled', [binary, 'run']),
  ]
}

/** runc or crun, with its own default, except for the root, the command and the terminal. */
function ociRuntime(runtime: string, bundle: string): Candidate {
  mkdirSync(bundle)
  execFileSync(runtime, ['spec'], { cwd: bundle })
  const file = join(bundle, 'config.json')
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.process = { ...config.process, terminal: false, args: argv }
  config.root = { path: rootfs, readonly: true }
  writeFileSync(file, JSON.stringify(config))
  const own = [runtime, '--root', join(bundle, 'state')]
  const container = `bench-${process.pid}`
  // A container that ends removes itself and its cgroup. This is for an interrupted one.
  process.prependListener('exit', () =>
    spawnSync(runtime, [...own.slice(1), 'delete', '--force', container], { stdio: 'ignore' }),
  )
  return {
    kind: 'other',
    name: `${runtime} run`,
    command: [...own, 'run', '--bundle', bundle, container],
  }
}
