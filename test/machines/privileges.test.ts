// Where the kernel refuses: the errors that the README documents, and no other.
import { readFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { becoming, refusesUserNamespaces } from '../harness/user'
import { repository, work } from '../harness/work'
import { last, node, type Somewhere, step } from './somewhere'

let host: Sandbox
beforeAll(async () => {
  host = await hostLike()
})
afterAll(() => host.close())

/** The blocks of the README that begin with an error. */
const documented = [
  ...readFileSync(path.join(repository, 'README.md'), 'utf8').matchAll(
    /^ *```\n *(E[A-Z]+: [^`]*?)\n *```$/gm,
  ),
].map(([, text]) => comparable((text as string).replace(/^ +/gm, '')))

/** Which file of the cgroups it is depends on their version. */
function comparable(error: string): string {
  return error.trim().replace(/\w+ '\/sys\/fs\/cgroup\/\S+'/, "open '/sys/fs/cgroup/…'")
}

function expectRefused(name: string, somewhere: Somewhere): void {
  const { stderr, ...ended } = node(step(name, '/bin/echo', 'hi'), somewhere)
  expect(ended).toEqual({ status: 1, stdout: '' })
  expect(documented).toContain(comparable(stderr))
}

function expectRuns(name: string, somewhere: Somewhere): void {
  expect(node(step(name, '/bin/echo', 'hi'), somewhere)).toEqual({
    status: 0,
    stdout: 'hi\n',
    stderr: '',
  })
}

const nobody = [...becoming(65534), '--inh-caps=-all']

/** Where somebody who may not enter root's home finds the checkout, Node and a folder for temporary files. */
const somebody = (wrap: string[]): Somewhere => ({
  host: host.pid,
  prepare: `mount -t tmpfs -o mode=755 elsewhere "$folder"; mkdir "$folder/checkout"; mkdir -m 1777 "$folder/tmp"
    mount --bind "$repository" "$folder/checkout"
    touch "$folder/node"; mount --bind '${process.execPath}' "$folder/node"`,
  wrap,
  from: '"$folder/checkout"',
  temporary: path.join(work().mountPoint, 'tmp'),
  program: path.join(work().mountPoint, 'node'),
})

describe('as root with the capabilities that Docker leaves a container', () => {
  const left = `chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod
    audit_write setfcap`
  const bounds = ['-all', ...left.split(/\s+/).map((name) => `+${name}`)].join(',')
  const docker = () => ({ host: host.pid, wrap: ['setpriv', '--bounding-set', bounds] })

  test('step 01 runs', () => expectRuns('01-exec', docker()))
  test.each(['02-uts', last])('step %s is refused', (name) => expectRefused(name, docker()))
})

describe.skipIf(refusesUserNamespaces())(
  'as root of a user namespace that an ordinary user made',
  () => {
    const userNamespace = () => somebody([...nobody, 'unshare', '--user', '--map-root-user'])

    test('step 05 still runs', () => expectRuns('05-chroot', userNamespace()))
    test.each(['06-pivot-root', '07-cgroups', last])('step %s is refused', (name) =>
      expectRefused(name, userNamespace()),
    )
  },
)

describe('as an ordinary user', () => {
  test('step 01 runs', () => expectRuns('01-exec', somebody(nobody)))
  test.each(['02-uts', last])('step %s is refused', (name) => expectRefused(name, somebody(nobody)))
})
