// What the last step says when the host runs short of something, and that it then leaves nothing.
import { mkdirSync, rmSync } from 'node:fs'
import * as path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { isV2 } from '../harness/cgroup'
import type { Ended, StartOptions } from '../harness/target'
import { work } from '../harness/work'
import { onHost, target, token, useStage } from './stage'

useStage()

let word: string
beforeEach(() => {
  word = token()
})

/** A shell that first takes something away and then becomes the run process. */
const short = (script: string) => ['timeout', '300', '/bin/sh', '-c', `${script}; exec "$@"`, 'sh']

/** Runs a script in a container; no end of it may show a stack trace. */
async function run(script: string, options: StartOptions = {}) {
  const ended = await target.run(['/bin/sh', '-c', script, word], options)
  expect(ended.stderr).not.toMatch(/^ +at |node:internal|Segmentation|Aborted/m)
  return ended
}

test('a closed stdout: the status is still that of the command', async () => {
  expect((await run('exit 3', { wrap: short('exec >&-') })).status).toBe(3)
})

test('a rootfs and temporary files on a full disk: the container runs, and writes to its layer', async () => {
  const folder = path.join(work().folder, `full-${word}`)
  mkdirSync(folder)
  onHost(
    `mount -t tmpfs -o size=32m full ${folder}; cp -a ${work().otherRootfs}/. ${folder}
    cat /dev/zero > ${folder}/zero 2> /dev/null || true`,
  )
  try {
    const env = { ROOTFS: folder, TMPDIR: folder }
    const { status, stdout, stderr } = await run('echo up > /file; cat /file', { env })
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({
      status: 0,
      stdout: 'up\n',
      stderr: '',
    })
    const options = ['--layer', path.join(folder, 'layer')]
    const kept = await run('echo much > /file', { options, env: { TMPDIR: folder } })
    expect(kept.status).toBe(1)
    expect(kept.stderr).toMatch(/no space left on device/i)
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
  onHost(`mkdir ${tree}/${word}`)
  try {
    await action(`${tree}/${word}`)
  } finally {
    // A killed process is in it until its end.
    onHost(
      `for i in $(seq 600); do rmdir ${tree}/${word} 2> /dev/null && exit; sleep 0.1; done; rmdir ${tree}/${word}`,
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

// A run that can't start `ip` any more can't remove its network either: the next one does.
test('no process may be made any more: it says so, where to look, and the next run cleans up', () =>
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
    await target.sweep()
  }))

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
