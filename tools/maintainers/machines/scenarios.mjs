// Each scenario: a function of the machine that resolves to what was seen, or throws what was not as it should be.
import { crossCompile, loadOnAarch64, zig } from './addon.mjs'
import { find } from '../../setup/programs.mjs'
import { hello, ownsAll, tests } from './machine.mjs'
import { expect, LeftOut } from './run.mjs'

export const scenarios = {
  async 'ordinary user'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    const start = Date.now()
    await hello(user, folder)
    const again = `npm start, and again in ${((Date.now() - start) / 1000).toFixed(1)} s`
    const passed = await tests(user, folder, '01')
    await ownsAll(user, user.home)
    return `${again}; ${passed}; no root-owned file`
  },

  async 'spaces and non-ASCII letters in the path'(machine) {
    const user = await machine.user()
    const folder = await machine.clone('Führung durch  Container (容器)')
    await hello(user, folder)
    const passed = await tests(user, folder, '06')
    await ownsAll(user, folder)
    return `set-up and npm start; ${passed}; no root-owned file`
  },

  async 'no network after the set-up'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    const wrap = inside(['--net', '--mount', '--propagation', 'private'], offline)
    await hello(user, folder, wrap)
    return `npm start; ${await tests(user, folder, '09', wrap)}`
  },

  async 'read-only checkout'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    const wrap = inside(['--mount', '--propagation', 'private'], readOnly, folder)
    const touch = await user.run(['touch', 'new'], folder, wrap)
    expect(/Read-only/.test(touch.stderr), touch, 'a checkout in which nothing can be written')
    await hello(user, folder, wrap)
    return `npm start; ${await tests(user, folder, '02', wrap)}`
  },

  async 'shared /'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    return tests(
      user,
      folder,
      '04',
      inside(['--mount', '--propagation', 'private'], 'mount --make-rshared /'),
    )
  },

  async 'private /'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    return tests(user, folder, '04', inside(['--mount', '--propagation', 'private'], ':'))
  },

  async 'user namespace without privileges'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    const own = ['unshare', '--user', '--map-root-user']
    const possible = await user.run([...own, 'true'], folder)
    if (possible.status !== 0)
      throw new LeftOut(`this kernel refuses it: ${possible.stderr.trim()}`)
    return refused(
      await user.run([...own, 'npm', 'start', '--', '/bin/true'], folder),
      'root of a user namespace',
    )
  },

  async 'container without privileges'(machine) {
    const [user, folder] = [await machine.user(), await machine.checkout()]
    if (!find('bwrap')) throw new LeftOut('no bwrap here')
    const container = [
      'bwrap',
      '--dev-bind',
      '/',
      '/',
      '--unshare-pid',
      '--proc',
      '/proc',
      '--cap-drop',
      'ALL',
    ]
    const start = [`${user.home}/.versions/node/bin/node`, 'tools/run.mjs', 'start', '/bin/true']
    const ended = await user.run(['sudo', ...container, ...start], folder)
    return refused(ended, 'root without CAP_SYS_ADMIN')
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

/** Words before a command that make it run in new namespaces, after a script. */
const inside = (unshare, script, ...args) => [
  ...['unshare', ...unshare, '/bin/sh', '-ec', `${script}\nexec "$@"`, 'sh'],
  ...args,
]

// /sys shows the network namespace in which it was mounted; the cgroups below it are kept.
const offline = `ip link set lo up
mount --rbind /sys/fs/cgroup /mnt
mount -t sysfs sysfs /sys
mount --rbind /mnt /sys/fs/cgroup
umount --recursive /mnt`

const readOnly = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; cd "$1"; shift'

function refused(ended, hint) {
  const [error, advice] = ended.stderr.trim().split('\n').slice(-2)
  expect(
    ended.status === 1 && /^E[A-Z]+: /.test(error) && advice?.startsWith(`hint: ${hint}`),
    ended,
    'the documented error',
  )
  return error
}
