// Kernels and distributions that lack what a step needs, or forbid it: the step says so itself.
import { writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLONE_NEWUSER } from '#native/sched'
import { hostUnchanged, type Snapshot, snapshot } from '../harness/host'
import type { Sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { refusesUserNamespaces } from '../harness/user'
import { repository, work } from '../harness/work'
import type { Lack } from './lacking'
import { last, node, nobody, type Somewhere, somebody, step } from './somewhere'

let host: Sandbox
let before: Snapshot
beforeAll(async () => {
  host = await hostLike()
})
afterAll(() => host.close())
beforeEach(() => {
  before = snapshot(host.pid)
})
afterEach(() => hostUnchanged(before, [], host.pid))

/** The words before a command that take system calls away from it. */
const lacking = (...lacks: Lack[]) => [
  process.execPath,
  '--require',
  path.join(repository, 'steps/shared/loader.cjs'),
  path.join(repository, 'test/machines/lacking.ts'),
  JSON.stringify(lacks),
]

/** Files of /proc/sys that this kernel may not have. */
const switches = (folder: string, files: Record<string, string>) => {
  const fake = Object.entries(files).map(([name, value]) => `echo ${value} > "$fake/${name}"`)
  return `fake=/proc/sys/${folder}; mount -t tmpfs -o mode=755 fake "$fake"\n${fake.join('\n')}`
}

function expectRefused(name: string, there: Omit<Somewhere, 'host'>, said: RegExp): void {
  const words = step(name, '/bin/echo', 'hi')
  const ended = node(words, { host: host.pid, ...there })
  expect(ended).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(said) })
}

/** An ordinary user, on a kernel that lacks something. */
function ordinary(lacks: Lack[], prepare = ':'): Omit<Somewhere, 'host'> {
  const there = somebody(host.pid, [...lacking(...lacks), ...nobody])
  return { ...there, prepare: `${there.prepare}\n${prepare}` }
}

test.each(['11-overlay', last])('step %s without overlayfs', (name) => {
  const log = path.join(work().folder, 'strace.log')
  writeFileSync(log, '')
  // The third mount of the child.
  const wrap = ['strace', '-f', '-o', log, '-e', 'trace=mount']
  wrap.push('-e', 'inject=mount:error=ENODEV:when=3')
  const said = /^ENODEV: .*mount 'overlay' .*\nhint: this kernel doesn't know .*modprobe overlay\n$/
  expectRefused(name, { wrap }, said)
})

test.each(['13-seccomp', last])('step %s without filters of system calls', (name) => {
  const said = /^ENOSYS: .*, seccomp\nhint: this kernel has no filters of system calls .*\n$/
  expectRefused(name, { wrap: lacking(['seccomp', 'ENOSYS']) }, said)
})

test('without user namespaces', () => {
  const said = /^EINVAL: .*, clone\nhint: this kernel lacks one of these namespaces: .*\n$/
  expectRefused(last, { wrap: lacking(['clone', 'EINVAL', CLONE_NEWUSER]) }, said)
})

test('before Linux 5.12', () => {
  const wrap = lacking(['mount_setattr', 'ENOSYS'])
  const said = /ENOSYS: .*, mount_setattr.*\nhint: this needs Linux 5.12 or later; .*step 13\n$/
  expectRefused(last, { wrap }, said)
})

const off = 'echo 0 > /proc/sys/user/max_user_namespaces'

describe.skipIf(refusesUserNamespaces())('no user namespaces are allowed', () => {
  const said =
    /^ENOSPC: .*, clone\nhint: no user namespaces .*: sudo sysctl user.max_user_namespaces=10000\n$/
  // Each user namespace has a limit of its own.
  const wrap = ['unshare', '--user', '--map-root-user', '/bin/sh', '-ec', `${off}; exec "$@"`, 'sh']

  test('to root', () => expectRefused(last, { wrap }, said))
  test('to an ordinary user', () => {
    const there = somebody(host.pid, [...nobody, ...wrap])
    expectRefused(last, there, said)
  })
})

describe('user namespaces are forbidden to an ordinary user', () => {
  test('by the distribution', () => {
    const prepare = switches('kernel', { unprivileged_userns_clone: '0' })
    const there = ordinary([['clone', 'EPERM', CLONE_NEWUSER]], prepare)
    const said = /^EPERM: .*, clone\nhint: .*sudo sysctl kernel.unprivileged_userns_clone=1\n$/
    expectRefused(last, there, said)
  })

  const apparmor = switches('kernel', { apparmor_restrict_unprivileged_userns: '1' })
  const change = 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'

  test('by AppArmor', () => {
    const there = ordinary([['clone', 'EACCES', CLONE_NEWUSER]], apparmor)
    const said = new RegExp(`^EACCES: .*, clone\\nhint: .*${change}\\n$`)
    expectRefused(last, there, said)
  })

  test.skipIf(refusesUserNamespaces())('by AppArmor, in the namespace', () => {
    const there = ordinary([['sethostname', 'EPERM']], apparmor)
    const said = new RegExp(`EPERM: .*, sethostname .*\\nhint: .*${change}\\n$`)
    expectRefused(last, there, said)
  })

  test('by another security module', () => {
    const there = ordinary([['clone', 'EACCES', CLONE_NEWUSER]])
    const said = /^EACCES: .*, clone\nhint: a security module .*\n$/
    expectRefused(last, there, said)
  })
})
