// Each scenario: a function of the machine that resolves to what it saw, or throws what was wrong.
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { LeftOut } from '../attempts'
import { clone, greenCounts } from '../checkout'
import { type Ended, story, succeeds } from '../run'
import { crossCompile, loadOnAarch64, zig } from './addon'
import { devContainer } from './container'
import { debianPrograms } from './debian'
import type { Machine } from './machine'
import { makeUser, type User } from './user'

export const scenarios: Record<string, (machine: Machine) => Promise<string>> = {
  /** Who keeps the checkout in a path with spaces and non-ASCII letters. */
  async 'ordinary user'(machine) {
    const user = await makeUser(machine)
    const folder = join(user.home, 'Führung durch  Container (容器)')
    await clone(folder)
    await succeeds(['chown', '-R', `${user.uid}:${user.gid}`, folder])
    await hello(user, folder)
    await hello(user, folder)
    const counts = greenCounts(await user.run(['npm', 'test'], folder))
    const others = await succeeds(['find', user.home, '!', '-uid', `${user.uid}`])
    expect(others.stdout === '', others, `only ${user.name}'s files in ${user.home}`)
    return `npm start, twice; npm test: ${counts}; no root-owned file`
  },

  'dev container': devContainer,

  debian: debianPrograms,

  async 'addon for aarch64, glibc'(machine) {
    const compiler = find('aarch64-linux-gnu-g++')
    if (!compiler) throw new LeftOut('no aarch64-linux-gnu-g++ here')
    const addon = await crossCompile(machine, 'aarch64', [compiler])
    return `compiled; ${await loadOnAarch64(addon)}`
  },

  async 'addon for x86-64, musl'(machine) {
    await crossCompile(machine, 'x86_64', [await zig(), 'c++', '-target', 'x86_64-linux-musl'])
    return 'compiled, not run'
  },
}

/** `npm start` gives a container, and only its output on stdout. */
async function hello(user: User, folder: string): Promise<void> {
  const ended = await user.run(['npm', 'start', '--', '/bin/sh', '-c', 'hostname; echo $$'], folder)
  expect(ended.status === 0 && ended.stdout.endsWith('container\n1\n'), ended, 'a container')
}

function expect(holds: boolean, ended: Ended, wanted: string): void {
  if (!holds) throw new Problem(`expected ${wanted}: ${story(ended)}`)
}
