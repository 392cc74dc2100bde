// Forwarding and NAT, on hosts that have settings of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { flock, LOCK_EX } from '#native/file'
import { cgroupsOf } from '../harness/cgroup'
import { internet } from '../harness/network'
import { killPid } from '../harness/proc'
import { ping } from '../harness/talk'
import { lastOfRoot, Target } from '../harness/target'
import { until } from '../harness/waiting'
import { work } from '../harness/work'
import { isRoot } from '../native/program'
import { ownHost } from './own-host'

const conf = '/proc/sys/net/ipv4/conf'

// What others have set, and a way out whose second address has a label.
const settings = `cd ${conf}
  ip link add out0 up type bridge
  ip addr add 192.0.2.2/24 dev out0
  ip addr add 192.0.2.3/24 dev out0 label out0:1
  ip link add other0 up type bridge
  echo 1 > other0/forwarding
  echo 0 > all/accept_redirects
  echo 1 > all/send_redirects`

const readOnly = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys'

test.skipIf(!isRoot)('each setting is as before, and nothing is left', async () => {
  const { run, onHost, target, unchanged } = await ownHost(settings)
  const shell = await target.live()
  expect(onHost(`cd ${conf}; cat out0/forwarding container0/forwarding all/forwarding`)).toBe(
    '1\n1\n0',
  )
  expect((await run('true')).status).toBe(0)
  killPid(shell.runPid)
  await shell.started.ended()
  expect((await run('true')).status).toBe(0)
  await unchanged()
})

test.skipIf(!isRoot)('of those that end at the same moment, one is the last', async () => {
  const { host, target, unchanged } = await ownHost(settings)
  const shells = await Promise.all(Array.from({ length: 8 }, () => target.shell()))
  // Their networks stay, so that the kernel doesn't unplug them first.
  const networks = shells.map(({ pid }) => openSync(`/proc/${pid}/ns/net`, 'r'))
  const { waiting, release } = lockedNetwork(host)
  for (const { started } of shells) started.child.stdin?.end()
  expect(await until(() => waiting() === shells.length)).toBe(true)
  release()
  for (const { started } of shells)
    expect(await started.ended()).toMatchObject({ status: 0, stderr: '' })
  for (const network of networks) closeSync(network)
  await unchanged()
})

const lockOf = (host: number) => `/run/container0-${statSync(`/proc/${host}/ns/net`).ino}.lock`

/** How many wait for the lock of a host's network: proc_locks(5). */
function waitersOn(host: number): () => number {
  const ours = `:${statSync(lockOf(host)).ino} `
  const isWaiter = (line: string) => line.includes('->') && line.includes(ours)
  return () => readFileSync('/proc/locks', 'utf8').split('\n').filter(isWaiter).length
}

/** Holds that lock. */
function lockedNetwork(host: number) {
  const file = lockOf(host)
  const fd = openSync(file, 'a', 0o600)
  flock(fd, LOCK_EX)
  return {
    waiting: waitersOn(host),
    release() {
      rmSync(file)
      closeSync(fd)
    },
  }
}

test.skipIf(!isRoot).for([
  ['ip_forward is switched on', `echo 1 > ${conf}/all/forwarding`],
  ['another bridge forwards', `echo 1 > ${conf}/docker0/forwarding`],
  [
    'a VPN comes that forwards',
    `ip tuntap add tun0 mode tun; ip link set tun0 up; echo 1 > ${conf}/tun0/forwarding`,
  ],
])('forwarding stays on if, during the run, %s', async ([, act], { expect }) => {
  const { onHost, target } = await ownHost(`${settings}
    ip link add docker0 type bridge`)
  await target.live()
  onHost(act)
  await target.endLive()
  expect(onHost(`cat ${conf}/out0/forwarding; ls /sys/class/net`)).toMatch(/^1\n/)
  expect(onHost('ls /sys/class/net; nft list ruleset')).not.toContain('container')
  // Interfaces that others make later get what they got before, unless all forward now.
  expect(onHost(`cat ${conf}/default/forwarding`)).toBe(onHost(`cat ${conf}/all/forwarding`))
})

// Before user namespaces: they get no /proc where the host's is covered in parts.
test.skipIf(!isRoot)('/proc/sys read-only: a host that forwards is enough', async () => {
  const prepare = `echo 1 > ${conf}/all/forwarding; ${readOnly}`
  const { target, host, unchanged } = await ownHost(prepare, lastOfRoot)
  const shell = await target.live()
  await internet(host, (far) => ping(shell, far, 'the container to the internet'))
  await target.endLive()
  await unchanged()
})

test.skipIf(!isRoot)(
  '/proc/sys covered: a user namespace gets no /proc, and it is said',
  async () => {
    const { run, unchanged } = await ownHost(`echo 1 > ${conf}/all/forwarding; ${readOnly}`)
    expect(await run('true')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^EPERM: .*mount 'proc'.*\nhint: parts of this host's \/proc are .*\n$/,
      ),
    })
    await unchanged()
  },
)

test.skipIf(!isRoot)('/proc/sys read-only: a host that does not forward is named', async () => {
  const { run, unchanged } = await ownHost(readOnly)
  expect(await run('true')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^this host doesn't forward packets, and \/proc\/sys is read-only\nhint: .*ip_forward=1.*\n$/m,
    ),
  })
  await unchanged()
})

test.skipIf(!isRoot)("a table of that name that isn't ours is named, and not touched", async () => {
  const { run, unchanged } = await ownHost('nft add table ip container')
  expect(await run('true')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^there is an nftables table 'ip container' .*\nhint: .*rename/),
  })
  await unchanged()
})

test.skipIf(!isRoot)('if the cgroup stays, the network goes nevertheless', async () => {
  const { target, unchanged } = await ownHost()
  const shell = await target.shell()
  const other = stranger()
  for (const group of cgroupsOf(shell.pid, shell.runPid))
    writeFileSync(path.join(group, 'cgroup.procs'), `${other.pid}`)
  shell.started.child.stdin?.end()
  expect(await shell.started.ended()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^EBUSY: .*rmdir '.*\/container-\d+'\n/),
  })
  other.kill('SIGKILL')
  expect(await until(() => other.signalCode !== null)).toBe(true)
  // The folder of a group without a run process isn't counted as part of the host.
  await target.sweep()
  await unchanged()
})

/** A process that has nothing to do with containers. */
function stranger(): ChildProcess {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test.skipIf(!isRoot)('if the NAT table stays, all else goes; the next run removes it', async () => {
  const { target, run, onHost, unchanged } = await ownHost(settings)
  const { env, at } = ownNft('[ ! -e "$folder/broken" ] || { echo out of order >&2; exit 1; }')
  const shell = await target.shell({ env })
  writeFileSync(at('broken'), '')
  shell.started.child.stdin?.end()
  expect(await shell.started.ended()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^nft -f - failed: out of order\n$/),
  })
  expect(onHost('ls /sys/class/net')).not.toContain('container')
  expect(onHost(`cat ${conf}/out0/forwarding`)).toBe('0')
  expect((await run('true')).status).toBe(0)
  await unchanged()
})

// Before it has its own session, nft is one of the terminal's jobs.
test.skipIf(!isRoot)('a hang-up that ends nft before it begins leaves no table', async () => {
  const { target, unchanged } = await ownHost(settings)
  const { env, at } = ownNft('rm "$folder/hang-up" 2> /dev/null && kill -HUP $$')
  const shell = await target.shell({ env })
  writeFileSync(at('hang-up'), '')
  shell.started.child.stdin?.end()
  expect(await shell.started.ended()).toMatchObject({ status: 0, stderr: '' })
  expect(existsSync(at('hang-up'))).toBe(false)
  await unchanged()
})

test.skipIf(!isRoot)('of a killed run, nft may still work: the next run waits for it', async () => {
  const { target, host, unchanged } = await ownHost(settings)
  const { env, at } = ownNft('> "$folder/begun"; until [ -e "$folder/go" ]; do sleep 0.01; done')
  const killed = target.start(['/bin/true'], { env })
  expect(await until(() => existsSync(at('begun')))).toBe(true)
  killPid(killed.pid)
  await killed.ended()
  const next = target.start(['/bin/true'])
  await until(() => waitersOn(host)() === 1 || !next.running)
  writeFileSync(at('go'), '')
  expect(await next.ended()).toMatchObject({ status: 0, stderr: '' })
  await unchanged()
})

test.skipIf(!isRoot)('a step without NAT closes what a later step has left it', async () => {
  const { target, host, unchanged } = await ownHost(settings)
  const earlier = Target.step('08-net')
  onTestFinished(() => earlier.close())
  await earlier.ownHost({ pid: host, close: async () => {} })
  const old = await earlier.shell()
  await (await target.shell()).end()
  await old.end()
  await unchanged()
})

test.skipIf(!isRoot)('a bridge that somebody has deleted takes the table with it', async () => {
  const { target, onHost } = await ownHost(settings)
  const shell = await target.shell()
  onHost('ip link delete container0')
  shell.started.child.stdin?.end()
  expect(await shell.started.ended()).toMatchObject({ status: 0, stderr: '' })
  expect(onHost('nft list ruleset')).toBe('')
})

/** An nft that runs a script first, which finds a folder in `$folder`. */
function ownNft(script: string) {
  const folder = mkdtempSync(path.join(work().folder, 'nft-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const at = (name: string) => path.join(folder, name)
  const text = `#!/bin/sh
folder=${folder} PATH=\${PATH#*:}
${script}
exec nft "$@"
`
  writeFileSync(at('nft'), text, { mode: 0o755 })
  return { at, env: { PATH: `${folder}:${process.env.PATH}` } }
}
