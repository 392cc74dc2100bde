// The doctor, where things are missing.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { machine } from '../../tools/setup/doctor/checks/machine.mjs'
import { layersOfUsers, limitsIn } from '../../tools/setup/doctor/checks/users.mjs'
import { steps } from '../harness/target'
import { becoming, refusesUserNamespaces } from '../harness/user'
import { Checkout } from './checkout'

let checkout: Checkout
let fresh: Checkout
beforeAll(() => {
  checkout = new Checkout()
  fresh = new Checkout({ packages: false })
  for (const part of ['native/build', 'build', 'rootfs/busybox'])
    rmSync(fresh.path(part), { recursive: true, force: true })
  for (const one of [checkout, fresh]) chmodSync(one.folder, 0o755)
})
afterAll(() => {
  checkout.remove()
  fresh.remove()
})

afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

type Finding = { name: string; state: string; saw: string; fix?: string }
type Verdict = {
  runnable: boolean
  steps: { step: string; runs: boolean | null; likely: boolean; stopped_by: string[] }[]
  findings: Finding[]
}

function doctor(on: string[] = [], where = checkout, env?: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = where.run(['doctor', '--json'], { on, ...(env && { env }) })
  expect(stderr).toBe('')
  const verdict = JSON.parse(stdout) as Verdict
  const find = (name: string) => verdict.findings.find((finding) => finding.name === name)
  const stopped = verdict.steps.filter(({ runs }) => runs === false).map(({ step }) => step)
  return { status, verdict, find, stopped }
}

const from = (step: string) => steps().filter((name) => name >= step)

test('here every step can run, even with an empty PATH', () => {
  const { status, verdict, stopped } = doctor([], checkout, { PATH: '' })
  expect(verdict.findings.filter(({ state }) => state === 'failure')).toEqual([])
  expect({ status, stopped, runnable: verdict.runnable }).toEqual({
    status: 0,
    stopped: [],
    runnable: true,
  })
})

test('it leaves nothing behind', () => {
  const temporary = checkout.path('temporary')
  mkdirSync(temporary)
  const env = { PATH: process.env.PATH, TERM: 'dumb', TMPDIR: temporary }
  // Its cgroups bear its process id, which is that of the shell before it.
  const { stdout } = checkout.run(['doctor'], {
    on: ['/bin/sh', '-c', 'echo $$; exec "$@"', 'sh'],
    env,
  })
  const [pid] = stdout.split('\n', 1)
  expect(stdout).toContain('All steps can run here.')
  expect(readdirSync(temporary)).toEqual([])
  const trees = ['', 'memory', 'pids', 'cpu'].map((name) =>
    join('/sys/fs/cgroup', name, `doctor-${pid}`),
  )
  expect(trees.filter((tree) => existsSync(tree))).toEqual([])
})

test('an ordinary user without a password for sudo is told what was not tried, and is asked for none', () => {
  const user = ['setsid', ...becoming(65534)]
  const { status, verdict, find } = doctor(user)
  expect(status).toBe(find('root')?.state === 'failure' ? 1 : 0)
  expect(find('root')).toMatchObject({
    state: expect.stringMatching(/ok|failure/),
    saw: expect.stringMatching(/sudo/),
  })
  expect(find('devices')).toMatchObject({ state: 'unknown', saw: 'only root can try this' })
  expect(verdict.steps[0]).toMatchObject({ step: '01-exec', runs: true })
  if (find('user namespaces')?.state === 'ok')
    expect(verdict.steps.at(-1)).toMatchObject({ step: '14-user', runs: true })
  expect(find('owner')).toMatchObject({ state: 'warning', fix: expect.stringContaining('chown') })
})

test('before `sudo -v`, what root may do is likely to work, unless sudo itself does not', () => {
  const { verdict, find } = doctor(['setsid', ...becoming(65534)])
  const untried = verdict.steps.filter(({ runs }) => runs === null)
  expect(new Set(untried.map(({ likely }) => likely))).toEqual(
    new Set(untried.length ? [find('root')?.state === 'ok'] : []),
  )
  const weak = ['setpriv', '--bounding-set=-sys_admin', ...becoming(65534)]
  expect(doctor(weak).find('capabilities')).toMatchObject({
    state: 'failure',
    fix: expect.stringContaining('--privileged'),
  })
})

test('at a terminal that is too small, it goes through $PAGER and keeps its status', async () => {
  const { status, shown } = await fresh.atTerminal(['doctor'], { PAGER: 'sed s/^/paged:/' })
  expect(shown).toMatch(/paged:.*No step can run here yet/)
  expect(status).toBe(1)
})

test.skipIf(refusesUserNamespaces())(
  "root of an unprivileged user namespace is told that it isn't the host's root",
  () => {
    const userns = [...becoming(65534), 'unshare', '--user', '--map-root-user']
    const { status, find, stopped } = doctor(userns)
    expect(find('user namespace')?.state).toBe('warning')
    expect(find('devices')).toMatchObject({
      state: 'failure',
      saw: expect.stringContaining('not permitted'),
      fix: expect.any(String),
    })
    expect(find('making a cgroup')?.state).toBe('failure')
    expect({ status, stopped }).toEqual({ status: 1, stopped: from('06') })
  },
)

test("an ordinary user whose /proc hides root's processes is told what the guide needs", () => {
  const hide = ['mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh', ...becoming(65534)]
  const { find } = doctor(['unshare', '--mount', '--pid', '--fork', 'sh', '-c', ...hide])
  expect(find('/proc')).toMatchObject({
    state: 'warning',
    fix: expect.stringContaining('hidepid=0'),
  })
  expect(doctor().find('/proc')).toBeUndefined()
})

test('root without capabilities, as in Docker, can run the first step alone', () => {
  const { stopped, find } = doctor(['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-all'])
  expect(find('capabilities')).toMatchObject({
    state: 'failure',
    fix: expect.stringContaining('--privileged'),
  })
  expect(find('uts namespace')).toMatchObject({
    state: 'failure',
    fix: expect.stringContaining('--privileged'),
  })
  expect(stopped).toEqual(from('02'))
})

describe('cgroups', () => {
  const without = (script: string) => [
    'unshare',
    '--mount',
    '/bin/sh',
    '-c',
    `${script}; exec "$@"`,
    'sh',
  ]

  test('no controller for memory', () => {
    const v2 =
      'umount -R -l /sys/fs/cgroup; mount -t tmpfs none /sys/fs/cgroup; echo cpu pids > /sys/fs/cgroup/cgroup.controllers'
    const { find, stopped } = doctor(without(v2))
    expect(find('cgroups')).toMatchObject({
      state: 'failure',
      saw: 'v2, without the controller memory',
      fix: expect.stringContaining('cgroup_enable=memory'),
    })
    expect(stopped).toEqual(from('07'))
  })

  test('none at all', () => {
    const { find, stopped } = doctor(without('umount -R -l /sys/fs/cgroup'))
    expect(find('cgroups')).toMatchObject({
      state: 'failure',
      fix: 'sudo mount -t cgroup2 none /sys/fs/cgroup',
    })
    expect(stopped).toEqual(from('07'))
  })

  test('read-only, as in Docker', () => {
    const { find } = doctor(
      without(
        'for m in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,ro $m 2> /dev/null; done',
      ),
    )
    expect(find('making a cgroup')).toMatchObject({
      state: 'failure',
      fix: expect.stringContaining('--privileged'),
    })
  })
})

test('a fresh clone, without packages and without a network: what is missing is named, with the command for it', () => {
  const { status, find, stopped } = doctor(['unshare', '--net'], fresh)
  expect({ status, stopped }).toEqual({ status: 1, stopped: steps() })
  expect(find('npm packages')).toMatchObject({
    state: 'failure',
    fix: expect.stringContaining('npm run setup'),
  })
  expect(find('native addon')).toMatchObject({ state: 'failure', fix: 'npm run setup' })
  expect(find('rootfs')).toMatchObject({ state: 'failure', fix: 'npm run rootfs' })
})

test('what a container has left in the rootfs', () => {
  const [old, left] = ['old', 'left'].map((name) => checkout.path(`rootfs/busybox/home/${name}`))
  for (const path of [old, left] as string[]) writeFileSync(path, '')
  const later = Date.now() / 1000 + 600
  utimesSync(left as string, later, later)
  onTestFinished(() => {
    for (const path of [old, left] as string[]) rmSync(path)
  })
  const found = doctor().find('rootfs')
  expect(found).toMatchObject({ state: 'warning', fix: expect.stringContaining('--force') })
  expect(found?.saw).toMatch(/: \/home\/left$/)
})

test('a kernel without filters of system calls', () => {
  const hide = 'mount -t tmpfs none /proc/sys/kernel; exec "$@"'
  const { find, stopped } = doctor(['unshare', '--mount', '/bin/sh', '-c', hide, 'sh'])
  expect(find('seccomp')).toMatchObject({
    state: 'failure',
    fix: expect.stringContaining('CONFIG_SECCOMP_FILTER'),
  })
  expect(stopped).toEqual(from('13'))
})

describe('step 14', () => {
  const hidden = (script: string, ...more: string[]) => [
    ...['unshare', '--mount', ...more, '/bin/sh', '-ec', `${script}; exec "$@"`, 'sh'],
  ]
  const asUser = (script: string) => [...hidden(script), ...becoming(65534)]

  test('user namespaces are turned off for all', () => {
    const none = hidden(
      'echo 0 > /proc/sys/user/max_user_namespaces',
      ...['--user', '--map-root-user'],
    )
    const { find, stopped } = doctor(none)
    expect(find('user namespaces')).toMatchObject({
      state: 'failure',
      fix: 'sudo sysctl user.max_user_namespaces=10000',
    })
    expect(stopped).toContain('14-user')
  })

  test('AppArmor keeps them from ordinary users', () => {
    const switches = 'mount -t tmpfs none /proc/sys/user; mount -t tmpfs none /proc/sys/kernel'
    const none = hidden(
      `echo 0 > /proc/sys/user/max_user_namespaces; ${switches}
        echo 1 > /proc/sys/kernel/apparmor_restrict_unprivileged_userns`,
      ...['--user', '--map-root-user'],
    )
    expect(doctor(none).find('user namespaces')?.fix).toMatch(
      /apparmor_restrict_unprivileged_userns=0$/,
    )
  })

  test("newuidmap and pasta aren't installed", () => {
    const hide = `for file in newuidmap pasta; do for d in /usr/bin /bin; do
      [ ! -e $d/$file ] || mount --bind /dev/null $d/$file; done; done`
    const { find } = doctor(hidden(hide))
    expect(find('more users')).toMatchObject({
      state: 'note',
      saw: expect.stringContaining("newuidmap isn't installed"),
    })
    expect(find('network without root')).toMatchObject({
      state: 'note',
      saw: expect.stringContaining("pasta isn't installed"),
    })
  })

  const own = (range: string) => `mount -t tmpfs -o mode=755 none /mnt
    echo 65534:${range} > /mnt/ids
    for file in /etc/subuid /etc/subgid; do mount --bind /mnt/ids $file; done`
  const withRange = (range: string) => doctor(asUser(own(range)))

  test.skipIf(!existsSync('/etc/subuid') || !existsSync('/usr/bin/newuidmap'))(
    'an ordinary user has too few ids, or enough',
    () => {
      expect(withRange('100000:1000').find('more users')).toMatchObject({
        state: 'note',
        fix: expect.stringContaining('usermod --add-subuids'),
      })
      expect(withRange('100000:65536').find('more users')?.state).toBe('ok')
    },
  )

  test("the rootfs lies on a file system that can't be idmapped", () => {
    const overlay = `mount -t tmpfs none /mnt; mkdir /mnt/up /mnt/work
      cd '${checkout.path('rootfs/busybox')}'
      mount -t overlay -o lowerdir=.,upperdir=/mnt/up,workdir=/mnt/work none "$PWD"; cd "$OLDPWD"`
    expect(doctor(hidden(overlay)).find('owners of the rootfs')).toMatchObject({
      state: 'warning',
      fix: expect.stringContaining('ext4'),
    })
    expect(doctor().find('owners of the rootfs')?.state).toBe('ok')
  })

  test.each([
    ['6.1.0-56-amd64', 1],
    ['5.15.0', 1],
    ['6.6.0', 0],
    ['6.12.9+bpo-amd64', 0],
    ['7.0', 0],
  ])('Linux %s: %i notes about directories in layers in memory', (kernel, count) => {
    expect(layersOfUsers(kernel).length).toBe(count)
  })

  test('no cgroup is delegated: what to do depends on the version', () => {
    const v2 =
      'umount -R -l /sys/fs/cgroup; mount -t tmpfs -o mode=755 none /sys/fs/cgroup; echo cpu pids memory > /sys/fs/cgroup/cgroup.controllers'
    expect(doctor(asUser(v2)).find('your limits')).toMatchObject({
      state: 'note',
      fix: expect.stringContaining('Delegate=yes'),
    })
    expect(doctor().find('your limits')).toBeUndefined() // root needs none
  })

  test.each([
    ['cpu memory pids', 'ok', undefined],
    ['memory pids', 'note', expect.stringContaining('Delegate=memory pids cpu')],
  ])('a delegated cgroup has the controllers %s: %s', (controllers, state, fix) => {
    const group = mkdtempSync(join(os.tmpdir(), 'doctor-test-'))
    onTestFinished(() => rmSync(group, { recursive: true }))
    writeFileSync(join(group, 'cgroup.controllers'), `${controllers}\n`)
    expect(limitsIn(group)).toMatchObject({ state, ...(fix && { fix }) })
  })
})

test('no program to run step 08 with', () => {
  // An empty directory in place of each that programs are looked for in, but for what starts the
  // doctor.
  const hide =
    'for file in ip nft; do for d in /usr/sbin /usr/bin /sbin /bin; do [ ! -e $d/$file ] || mount --bind /dev/null $d/$file; done; done; exec "$@"'
  const { find, stopped } = doctor(['unshare', '--mount', '/bin/sh', '-c', hide, 'sh'])
  expect(find('programs to run')).toMatchObject({
    state: 'failure',
    saw: expect.stringMatching(/^ip of iproute2, nft missing/),
    fix: expect.stringMatching(/\biproute.* nft/),
  })
  expect(stopped).toEqual(from('08'))
})

test('the ip of busybox is not enough for step 08', () => {
  mkdirSync(checkout.path('bin'))
  checkout.write('bin/ip', '#!/bin/sh\necho "BusyBox v1.36.1 multi-call binary." >&2\nexit 1\n')
  chmodSync(checkout.path('bin/ip'), 0o755)
  const { find, stopped } = doctor([], checkout, {
    PATH: `${checkout.path('bin')}:${process.env.PATH}`,
  })
  expect(find('programs to run')).toMatchObject({
    state: 'failure',
    saw: expect.stringMatching(/^ip of iproute2 missing/),
  })
  expect(stopped).toEqual(from('08'))
})

/** On a host whose network was prepared so. */
const onNetwork = (prepare: string) =>
  doctor(['unshare', '--net', '--mount', '/bin/sh', '-ec', `${prepare}; exec "$@"`, 'sh'])

test('a firewall that stops containers, as Docker sets it up', () => {
  const forward = 'type filter hook forward priority 0; policy drop; jump DOCKER-USER;'
  const rules = `table ip filter { chain DOCKER-USER { ; }; chain FORWARD { ${forward} }; }`
  const { status, find } = onNetwork(`nft '${rules}'`)
  expect(find('firewall')).toMatchObject({
    state: 'warning',
    saw: expect.stringMatching(/^Docker's firewall stops .*container → internet \(step 09\)/),
    fix: expect.stringMatching(/^sudo .* DOCKER-USER .*\nsudo .* DOCKER-USER .*$/),
  })
  expect(status).toBe(0)
})

describe("what is in the network's way", () => {
  test('a network interface of the same name', () => {
    const { find, stopped } = onNetwork(
      'mount -t sysfs none /sys; ip link add container0 type bridge',
    )
    expect(find('container0')).toMatchObject({
      state: 'failure',
      fix: expect.stringContaining('ip link set container0'),
    })
    expect(stopped).toEqual(expect.arrayContaining(from('08')))
  })

  test('a table of the same name', () => {
    const { find, stopped } = onNetwork("nft 'table ip container { chain mine { ; }; }'")
    expect(find('table')).toMatchObject({
      state: 'failure',
      fix: 'sudo nft delete table ip container',
    })
    expect(stopped).toEqual(from('09'))
  })

  test('a read-only /proc/sys, unless the host forwards already', () => {
    const readOnly = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys'
    const set = (value: number) => `echo ${value} > /proc/sys/net/ipv4/ip_forward; ${readOnly}`
    const { find, stopped } = onNetwork(set(0))
    expect(find('forwarding')).toMatchObject({
      state: 'failure',
      saw: expect.stringContaining('read-only'),
      fix: expect.stringContaining('net.ipv4.ip_forward=1'),
    })
    expect(stopped).toEqual(from('09'))
    expect(onNetwork(set(1)).find('forwarding')).toBeUndefined()
  })
})

test('a compiler without a static C library', () => {
  const hide = 'mount --bind /dev/null "$(cc -print-file-name=libc.a)"; exec "$@"'
  const { status, find } = doctor(['unshare', '--mount', '/bin/sh', '-c', hide, 'sh'])
  expect(find('programs to check')).toMatchObject({
    state: 'warning',
    saw: expect.stringMatching(/^cc makes no static program, .*: .*ld/),
    fix: expect.stringMatching(/libc6-dev|glibc|musl-dev|static C library/),
  })
  expect(status).toBe(0)
})

test('a Node that is too old is a finding, not a stack trace', () => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '16.20.2' })`
  checkout.write('old.cjs', old)
  const { stdout, stderr, status } = checkout.node([
    '--require',
    './old.cjs',
    'tools/run.mjs',
    'doctor',
  ])
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  expect(stdout).toMatch(/✖ Node .*16\.20\.2 .* 20\.19 or newer is needed\n.*nodejs\.org/)
})

test.each([
  ['4.4.0-19041-Microsoft', 'failure'],
  ['5.3.18-lp152', 'failure'],
  ['5.4.0-216-generic', 'warning'],
  ['5.10.0-rc1', 'warning'],
  ['5.11.0', 'ok'],
])('kernel %s: %s', (release, state) => {
  vi.spyOn(os, 'release').mockReturnValue(release)
  syncBuiltinESMExports()
  const [kernel] = machine()
  expect(kernel).toMatchObject({ name: 'kernel', state, saw: expect.stringContaining(release) })
})

test('wrong words and --help', () => {
  expect(checkout.run(['doctor', '--yaml'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('--yaml'),
  })
  expect(checkout.run(['doctor', '--help'])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('Examples:'),
  })
})
