// Each scenario: a function of the machine that resolves to what it saw, or throws what was wrong.
import { find } from '../../setup/programs.mjs'
import { LeftOut } from '../attempts'
import { crossCompile, loadOnAarch64, zig } from './addon'
import { hello, type Machine, ownsAll, tests } from './machine'

export const scenarios: Record<string, (machine: Machine) => Promise<string>> = {
  async 'ordinary user'(machine) {
    const user = await machine.user()
    const folder = await machine.clone('workshop')
    await hello(user, folder)
    await hello(user, folder)
    const passed = await tests(user, folder)
    await ownsAll(user, user.home)
    return `npm start, twice; ${passed}; no root-owned file`
  },

  async 'spaces and non-ASCII letters in the path'(machine) {
    const user = await machine.user()
    const folder = await machine.clone('Führung durch  Container (容器)')
    await hello(user, folder)
    const passed = await tests(user, folder, ['test/06'])
    await ownsAll(user, folder)
    return `set-up and npm start; ${passed}; no root-owned file`
  },

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

  async 'addon for aarch64, musl'(machine) {
    await crossCompile(machine, 'aarch64', [await zig(), 'c++', '-target', 'aarch64-linux-musl'])
    return 'compiled, not run'
  },
}
