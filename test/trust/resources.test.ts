// What the last step says when the host runs short of something, and that nothing is left then.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { hostUnchanged, inHost, type Snapshot, snapshot } from '../lib/host'
import { newToken, type StartOptions, steps, Target } from '../lib/target'
import { work } from '../lib/work'

const target = Target.step(steps().at(-1) as string)
let host: number
let before: Snapshot
let token: string

beforeAll(async () => {
  host = await target.ownHost()
  // What tsx compiled once takes no descriptors and threads again: short of those, the loader itself would fail.
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
const short = (script: string) => ['timeout', '12', '/bin/sh', '-c', `${script}; exec "$@"`, 'sh']

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
  onHost(`mount -t tmpfs -o size=4k full ${folder}; cat /dev/zero > ${folder}/file 2> /dev/null || true`)
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

test('no process may be made any more: it says so, and where to look', async () => {
  const tree = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids'
  const group = `${tree}/${token}`
  onHost(`mkdir ${group}`)
  try {
    // How many threads Node has, each of which counts, differs: the first limit that is too low is looked for.
    let ended = await run('true')
    for (let limit = 16; ended.status === 0 && limit > 4; limit--) {
      const wrap = short(`echo ${limit} > ${group}/pids.max; echo $$ > ${group}/cgroup.procs`)
      ended = await run('echo up', { wrap })
    }
    const { status, stderr } = ended
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/EAGAIN.*\nhint: .*pids.max/),
    })
  } finally {
    onHost(`rmdir ${group}`)
  }
})
