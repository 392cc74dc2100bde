// The image of .devcontainer/Dockerfile. Its base is on a server for images, so a stand-in is made:
// Debian's smallest system, with Node and npm where the base has them.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { at, root } from '../../setup/project.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { LeftOut } from '../attempts'
import { cached, npmPackage } from '../packages'
import { succeeds } from '../run'
import type { Machine } from './machine'
import type { Podman } from './podman'

const dockerfile = at('.devcontainer', 'Dockerfile')

/** Builds it and gives its name. */
export async function devImage(machine: Machine, podman: Podman): Promise<string> {
  const text = readFileSync(dockerfile, 'utf8')
  const [, base, version, suite] = /^FROM (\S+\/node:(\d+)-(\w+)-slim)$/m.exec(text) ?? []
  if (!base) throw new Problem(`${dockerfile} isn't built on one of Node's slim images.`)
  const folder = join(machine.folder, 'base')
  mkdirSync(folder)
  await succeeds(['tar', '-C', folder, '-xf', await debian(machine, suite)])
  await addNode(folder, version)
  const archive = join(machine.folder, 'base.tar')
  await succeeds(['tar', '-C', folder, '-cf', archive, '.'])
  await podman.succeeds(['import', archive, base])
  const how = ['--pull=never', '--network', 'host', '--isolation', 'chroot']
  await task(`Building ${dockerfile}`, () =>
    podman.succeeds(['build', ...how, '--tag', 'dev', '--file', dockerfile, root]),
  )
  return 'dev'
}

/** Debian's smallest system: its archive, made once. */
export function debian(machine: Machine, suite: string): Promise<string> {
  if (!find('debootstrap')) throw new LeftOut('no debootstrap here')
  // What debootstrap mounts goes with it, however it ends.
  const words = ['unshare', '--mount', 'debootstrap', '--variant=minbase', suite]
  return archive(machine, `debian-${suite}`, (folder) =>
    task(`debootstrap fetches and installs Debian ${suite}`, () => succeeds([...words, folder])),
  )
}

/** The archive of a folder that `fill` fills, unless it's in the cache. */
export async function archive(
  machine: Machine,
  name: string,
  fill: (folder: string) => Promise<unknown>,
): Promise<string> {
  const file = cached('images', `${name}.tar`)
  if (existsSync(file)) return file
  mkdirSync(dirname(file), { recursive: true })
  const folder = join(machine.folder, name)
  mkdirSync(folder)
  const part = `${file}.part-${process.pid}`
  machine.later(() => rmSync(part, { force: true }))
  await fill(folder)
  await succeeds(['tar', '-C', folder, '-cf', part, '.'])
  renameSync(part, file)
  return file
}

async function addNode(folder: string, version: string): Promise<void> {
  const local = (...parts: string[]) => join(folder, 'usr/local', ...parts)
  const spec = `node-linux-${process.arch}@${version}`
  cpSync(await npmPackage(spec, cached('nodes', version), 'bin/node'), local('bin/node'))
  const npm = dirname(dirname(realpathSync(find('npm') as string)))
  cpSync(npm, local('lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true })
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, local('bin', name))
}
