// What the last step says when the host runs short of something, and that it then leaves nothing.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { isV2 } from '../harness/cgroup'
import { hostUnchanged, inHost, type Snapshot, snapshot } from '../harness/host'
import { type Ended, newToken, type StartOptions, steps, Target } from '../harness/target'
import { becomingReader } from '../harness/user'
import { work } from '../harness/work'

const target = Target.step(steps().at(-1) as string)
let host: number
let before: Snapshot
let token: string

beforeAll(async () => {
  host = await target.ownHost()
  // What tsx has compiled takes no descriptors and threads: short of those, the loader would fail.
  await target.sweep()
})
beforeEach(() => {
  before = snapshot(host)
  token = newToken()
})
afterEach(async () => {
  await target.settle()
  await hostUnchanged(before, [token], host)
})
afterAll(() => target.close())

/** A shell that first takes something away and then becomes the run process. */
const short = (script: string) => ['timeout', '300', '/bin/sh', '-c', `${script}; exec "$@"`, 'sh']

/** Runs a script in a container; no end of it may show a stack trace. */
async function run(script: string, options: StartOptions = {}) {
  const ended = await target.run(['/bin/sh', '-c', script, token], options)
  expect(ended.stderr).not.toMatch(/^ +at |node:internal|Segmentation|Aborted/m)
  return ended
}

const onHost = (script: string) => {
  const [file, ...args] = [...inHost(host), '/bin/sh', '-ec', script]
  return execFileSync(file as string, args, { encoding: 'utf8' })
}

test('a closed stdin: the command reads its end', async () => {
  const { status, stdout } = await run('cat; echo end', { wrap: short('exec <&-') })
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'end\n' })
})

test('a closed stdout: the status is still that of the command', async () => {
  expect((await run('exit 3', { wrap: short('exec >&-') })).status).toBe(3)
})

test('stdout on a full disk: the command says so and its status comes through', async () => {
  const { status, stderr } = await run('echo much', { wrap: short('exec > /dev/full') })
  expect(status).toBe(1)
  expect(stderr).toMatch(/No space left on device/)
})

test('a full disk for temporary files: the container runs', async () => {
  const folder = path.join(work().folder, `full-${token}`)
  mkdirSync(folder)
  onHost(
    `mount -t tmpfs -o size=4k full ${folder}; cat /dev/zero > ${folder}/file 2> /dev/null || true`,
  )
  try {
    const { status, stdout } = await run('echo up', { env: { TMPDIR: folder } })
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'up\n' })
  } finally {
    onHost(`umount ${folder}`)
    rmSync(folder, { recursive: true })
  }
})

test('a rootfs on a full disk: the container runs, and what writes there is told', async () => {
  const folder = path.join(work().folder, `full-${token}`)
  mkdirSync(folder)
  onHost(
    `mount -t tmpfs -o size=32m full ${folder}; cp -a ${work().otherRootfs}/. ${folder}; cat /dev/zero > ${folder}/zero 2> /dev/null || true`,
  )
  try {
    const { status, stderr } = await run('echo much > /file', { env: { ROOTFS: folder } })
    expect(status).toBe(1)
    expect(stderr).toMatch(/No space left on device/)
  } finally {
    onHost(`umount ${folder}`)
    rmSync(folder, { recursive: true })
  }
})

test('too few descriptors: it says so, and where to look', async () => {
  const { status, stderr } = await run('echo up', { wrap: short('ulimit -n 32') })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/EMFILE.*\nhint: .*ulimit -n\n$/),
  })
})

/** Runs something with a new group of processes of one controller, which it can limit. */
async function withGroup(controller: string, action: (group: string) => Promise<void>) {
  const tree = isV2 ? '/sys/fs/cgroup' : `/sys/fs/cgroup/${controller}`
  if (isV2) onHost(`echo +${controller} > ${tree}/cgroup.subtree_control`)
  onHost(`mkdir ${tree}/${token}`)
  try {
    await action(`${tree}/${token}`)
  } finally {
    // A killed process is in it until its end.
    onHost(
      `for i in $(seq 600); do rmdir ${tree}/${token} 2> /dev/null && exit; sleep 0.1; done; rmdir ${tree}/${token}`,
    )
  }
}

/** The number of Node's threads differs, and each counts: looks for the first limit too low. */
async function firstTooLow(attempt: (limit: number) => Promise<Ended>): Promise<Ended> {
  let limit = 16
  let ended = await attempt(limit)
  while (ended.status === 0 && limit > 4) ended = await attempt(--limit)
  return ended
}

test('no process may be made any more: it says so, and where to look', () =>
  withGroup('pids', async (group) => {
    const { status, stderr } = await firstTooLow((limit) =>
      run('echo up', {
        wrap: short(`echo ${limit} > ${group}/pids.max; echo $$ > ${group}/cgroup.procs`),
      }),
    )
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/EAGAIN.*\nhint: .*pids.max/),
    })
  }))

test('`ulimit -u` is reached: step 1, which anybody may run, says so; root is exempt', async () => {
  const anybody = Target.step(steps()[0] as string)
  const folder = path.join(work().folder, `anybody-${token}`)
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  // A user without other processes: the limit counts all that a user has.
  const asUser = (limit: number) => {
    const wrap = [...becomingReader(876543), 'prlimit', `--nproc=${limit}`]
    return anybody.run(['/bin/true'], { wrap, env: { TMPDIR: folder } })
  }
  try {
    // What tsx has compiled takes no threads.
    expect((await asUser(1000)).status).toBe(0)
    const { status, stderr } = await firstTooLow(asUser)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/EAGAIN.*\nhint: .*ulimit -u/),
    })
  } finally {
    await anybody.close()
    rmSync(folder, { recursive: true })
  }
  expect((await run('exit 3', { wrap: ['prlimit', '--nproc=1'] })).status).toBe(3)
})

test('too little memory for `run` itself: it runs or is killed, and the next run cleans up', () =>
  withGroup('memory', async (group) => {
    const file = isV2 ? 'memory.max' : 'memory.limit_in_bytes'
    const statuses: number[] = []
    // Somewhere in between `run` is killed while it makes the container.
    for (let megabytes = 4; statuses.at(-1) !== 0 && megabytes < 256; megabytes += 2) {
      const limited = `echo ${megabytes}M > ${group}/${file}; echo $$ > ${group}/cgroup.procs`
      statuses.push((await run('true', { wrap: short(limited) })).status)
    }
    await target.sweep()
    expect(statuses.at(-1)).toBe(0)
    expect(statuses.length).toBeGreaterThan(2)
    // 1 where the kernel killed the second process in its place.
    expect(statuses.slice(0, -1).filter((status) => status !== 137 && status !== 1)).toEqual([])
  }))
