// The project in a container, as `docker run --privileged` makes one: the dev container's image.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { steps } from '../../setup/steps.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { clone, greenCounts } from '../checkout'
import { type Ended, story, succeeds } from '../run'
import { devImage } from './image'
import type { Machine } from './machine'
import { Podman } from './podman'

const stepTests = "each step's tests"
const place = '/workspaces/containers'

/** What someone does there, and what has to come of it. */
const tries: [what: string, argv: string[], holds: (ended: Ended) => unknown][] = [
  ['the set-up', ['npm', 'run', 'setup'], ({ status }) => status === 0],
  [
    'the doctor',
    ['npm', 'run', 'doctor'],
    ({ stdout }) => stdout.includes('All steps can run here.'),
  ],
  [
    'npm start',
    ['npm', 'start', '--', '/bin/sh', '-c', 'hostname; echo $$'],
    ({ status, stdout }) => status === 0 && stdout === 'container\n1\n',
  ],
  [stepTests, ['env', 'TEST_STEPS=own', 'npm', 'test', '--', 'test/0', 'test/1'], greenCounts],
  ['begin', ['npm', 'run', 'begin'], ({ status }) => status === 0],
  ['jump', ['npm', 'run', 'jump', '--', `${steps().length}`], ({ status }) => status === 0],
  ['check', ['npm', 'run', 'check'], ({ status }) => status === 0],
  [
    "the deck's terminals, typed at",
    ['npm', 'run', 'slides:record', '--', '--check'],
    ({ status }) => status === 0,
  ],
  [
    "the deck's server",
    ['npm', 'run', 'test:all', '--', 'deck/security', 'deck/server'],
    greenCounts,
  ],
]

/** What depends on the cgroups. */
const again = tries.filter(([what]) => ['the doctor', 'npm start', stepTests].includes(what))

/** First with its own cgroup namespace, the default of Docker and Podman on cgroup v2. */
export async function devContainer(machine: Machine): Promise<string> {
  const podman = new Podman(machine)
  const image = await devImage(machine, podman)
  const checkout = join(machine.folder, 'checkout')
  await clone(checkout)
  await fetchPackages(checkout)
  const cache = (await succeeds(['npm', 'config', 'get', 'cache'])).stdout.trim()
  const options = [
    ...['--privileged', '--volume', `${checkout}:${place}`, '--volume', `${cache}:/root/.npm:O`],
    ...['--env', 'npm_config_offline=true'],
    ...['--env', `TEST_SLOWNESS=${process.env.TEST_SLOWNESS ?? 1}`],
  ]
  const wrong: string[] = []
  for (const cgroupns of ['private', 'host']) {
    const id = await podman.start(machine, [...options, `--cgroupns=${cgroupns}`], image)
    for (const [what, argv, holds] of cgroupns === 'private' ? tries : again)
      await task(`${what}: ${argv.join(' ')}`, async () => {
        const ended = await podman.run(['exec', '--workdir', place, id, ...argv])
        if (!holds(ended)) throw new Problem(`${what}, --cgroupns=${cgroupns}: ${story(ended)}`)
      }).catch((error) => {
        if (error.status > 128) throw error // interrupted
        wrong.push(error.message)
      })
  }
  if (wrong.length > 0) throw new Problem(wrong.join('\n\n'))
  const names = (all: typeof tries) => all.map(([what]) => what).join(', ')
  return `${names(tries)}; with --cgroupns=host: ${names(again)}`
}

/** Into npm's cache: the container has no network. */
async function fetchPackages(checkout: string): Promise<void> {
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  await succeeds(['npm', 'ci', ...quietly], { cwd: checkout })
  rmSync(join(checkout, 'node_modules'), { recursive: true })
}
