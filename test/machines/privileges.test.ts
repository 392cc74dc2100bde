// Where the kernel refuses, the error is one that the README documents.
import { existsSync, readFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { lastOfRoot } from '../harness/target'
import { refusesUserNamespaces } from '../harness/user'
import { repository } from '../harness/work'
import { last, node, nobody, npmStart, type Somewhere, somebody, step } from './somewhere'

let host: Sandbox
beforeAll(async () => {
  host = await hostLike()
})
afterAll(() => host.close())

/** The README's blocks that begin with an error. */
const documented = [
  ...readFileSync(path.join(repository, 'README.md'), 'utf8').matchAll(
    /^ *```\n *(E[A-Z]+: [^`]*?)\n *```$/gm,
  ),
].map(([, text]) => comparable((text as string).replace(/^ +/gm, '')))

/** The file depends on the version of cgroups. */
function comparable(error: string): string {
  return error.trim().replace(/\w+ '\/sys\/fs\/cgroup\/\S+'/, "open '/sys/fs/cgroup/…'")
}

function expectRefused(words: string[], somewhere: Somewhere): void {
  const { stderr, ...ended } = node(words, somewhere)
  expect(ended).toEqual({ status: 1, stdout: '' })
  expect(documented).toContain(comparable(stderr))
}

function expectRuns(words: string[], somewhere: Somewhere): void {
  expect(node(words, somewhere)).toEqual({ status: 0, stdout: 'hi\n', stderr: '' })
}

/** With a user namespace other things are refused, and later. */
function expectSaid(words: string[], said: RegExp, somewhere: Somewhere): void {
  const ended = node(words, somewhere)
  expect(ended).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(said) })
}

const hi = (name: string) => step(name, '/bin/echo', 'hi')
const start = npmStart('/bin/echo', 'hi')

const docker = `chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw
  sys_chroot mknod audit_write setfcap`.split(/\s+/)

describe.each([
  ['with the capabilities that Docker leaves a container', docker],
  ['without capabilities', []],
])('as root %s', (_, left) => {
  const bounds = ['-all', ...left.map((name) => `+${name}`)].join(',')
  const there = () => ({ host: host.pid, wrap: ['setpriv', '--bounding-set', bounds] })

  test('step 01 runs', () => expectRuns(hi('01-exec'), there()))
  test.each(['02-uts', lastOfRoot])('step %s is refused', (name) =>
    expectRefused(hi(name), there()),
  )
  const said = /^EPERM: .*\nhint: root without CAP_SYS_ADMIN: in Docker, start with --privileged\n$/
  test(`step ${last} is refused`, () => expectSaid(hi(last), said, there()))
  test('npm start is refused', () => expectSaid(start, said, there()))
})

describe.skipIf(refusesUserNamespaces())("as root of an ordinary user's user namespace", () => {
  const there = () => somebody(host.pid, [...nobody, 'unshare', '--user', '--map-root-user'])

  test('step 05 still runs', () => expectRuns(hi('05-chroot'), there()))
  test.each(['06-pivot-root', '07-cgroups', lastOfRoot])('step %s is refused', (name) =>
    expectRefused(hi(name), there()),
  )
  const said = /^this host is a container itself, without the uids .*\nhint: .*\/etc\/subuid/
  test(`step ${last} is refused`, () => expectSaid(hi(last), said, there()))
  test('npm start is refused', () => expectSaid(start, said, there()))
})

describe('as an ordinary user without sudo', () => {
  const there = () => somebody(host.pid, nobody)

  test('step 01 runs', () => expectRuns(hi('01-exec'), there()))
  test.each(['02-uts', lastOfRoot])('step %s is refused', (name) =>
    expectRefused(hi(name), there()),
  )
  test.skipIf(refusesUserNamespaces())(`step ${last} runs`, () =>
    expect(node(hi(last), there())).toMatchObject({ status: 0, stdout: 'hi\n' }),
  )
})

describe.skipIf(refusesUserNamespaces())('step 14, by an ordinary user', () => {
  // Programs of these names that fail, and ids for that user.
  const failing = (name: string) => `mount -t tmpfs -o mode=755 none /mnt
    mkdir /mnt/bin
    printf '#!/bin/sh\\necho "${name}: it is broken" >&2; exit 1\\n' > /mnt/bin/${name}
    chmod 755 /mnt/bin/${name}
    export PATH=/mnt/bin:$PATH
    echo 65534:100000:65536 > /mnt/ids
    for file in /etc/subuid /etc/subgid; do
      [ ! -e $file ] || mount --bind /mnt/ids $file
    done`

  test.skipIf(!existsSync('/etc/subuid')).each([
    ['newuidmap', /^the container has one user: newuidmap .* failed: newuidmap: it is broken$/m],
    ['pasta', /^the container reaches no network: pasta failed: .*: pasta: it is broken$/m],
  ])('%s fails: a sentence says why, and it runs', (name, said) => {
    const there = somebody(host.pid, nobody)
    const prepare = `${there.prepare}\n${failing(name)}`
    const ended = node(hi(last), { ...there, prepare })
    expect(ended).toEqual({ status: 0, stdout: 'hi\n', stderr: expect.stringMatching(said) })
  })
})
