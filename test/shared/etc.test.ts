// localhost, the container's name and name servers, in root file systems of all kinds.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import * as path from 'node:path'
import { onTestFinished, test } from 'vitest'
import { steps } from '../harness/target'
import { work } from '../harness/work'
import { isRoot } from '../native/program'
import { ownHost } from './own-host'

const missing = /^files are missing in \/etc: .*\n$/

const kinds: [what: string, change: string, says?: RegExp][] = [
  ['empty files', ': > hosts; : > hostname; : > resolv.conf'],
  ['none', 'rm hosts hostname resolv.conf', missing],
  [
    'links to files',
    'mkdir own; mv hosts hostname own; ln -s own/hosts hosts; ln -s /etc/own/hostname hostname',
  ],
  [
    "links to a service that doesn't run here",
    `ln -sf ../run/systemd/resolve/stub-resolv.conf resolv.conf
     ln -sf /run/hosts.d/all hosts
     ln -sf /run/name hostname`,
  ],
  ['links to nowhere', 'ln -sf /no/such hosts; ln -sf such hostname', missing],
  ['directories', 'rm hosts hostname; mkdir hosts hostname; : > hosts/file', missing],
]

/** Without a layer of the container's own, what is missing in /etc needs an overlay. */
const cases = ['10-ipc', steps().at(-1) as string].flatMap((step) =>
  kinds.map(
    ([what, change, says = /^$/]) => [what, step, change, step === '10-ipc' ? says : /^$/] as const,
  ),
)

test.skipIf(!isRoot).for(cases)('%s in /etc, %s', async ([, step, change, says], { expect }) => {
  const root = path.join(work().folder, `etc-${process.pid}`)
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(work().otherRootfs, root, { recursive: true, verbatimSymlinks: true })
  execFileSync('sh', ['-ec', change], { cwd: path.join(root, 'etc') })
  const list = () => execFileSync('ls', ['-lAR', '--time-style=full-iso', root]).toString()
  const before = list()
  // A host whose file is where the rootfs's link leads.
  const { run } = await ownHost(
    `mount -t tmpfs run /run
    mkdir -p /run/systemd/resolve
    echo nameserver 127.0.0.53 > /run/systemd/resolve/stub-resolv.conf`,
    step,
  )
  const script = `ping -c 1 localhost > /dev/null && ping -c 1 container > /dev/null || exit
    cat /etc/hostname; grep -c nameserver /etc/resolv.conf; echo more >> /etc/hosts`
  const { status, stdout, stderr } = await run(script, { env: { ROOTFS: root } })
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^container\n\d/) })
  expect(stderr).toMatch(says)
  expect(list()).toBe(before)
})
