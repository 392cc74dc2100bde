// Bad input and rough ends, on the last step: one sentence, the right status, nothing left behind.
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { alive, killPid, status } from '../harness/proc'
import { lastOfRoot, type StartOptions, Started, Target } from '../harness/target'
import { becomingReader } from '../harness/user'
import { sleep, until } from '../harness/waiting'
import { work } from '../harness/work'
import { onHost, target, token, useStage } from './stage'

useStage()

const emptyRoot = path.join(work().folder, `empty-${process.pid}`)
fs.mkdirSync(emptyRoot)

const faults: [what: string, command: string[], StartOptions, status: number, words: RegExp][] = [
  ['no verb', [], { verb: [] }, 2, /usage/i],
  ['an unknown verb', ['/bin/sh'], { verb: ['dance'] }, 2, /usage/i],
  ['no command', [], {}, 2, /usage|command/i],
  ['`child` called by hand', ['/bin/true'], { verb: ['child'] }, 2, /child/],
  ['a name that is nowhere in PATH', ['no-such-command'], {}, 127, /no-such-command/],
  ['an empty command', [''], {}, 127, /./],
  ['an unknown option', ['/bin/true'], { options: ['--colour', 'red'] }, 2, /--colour/],
  ['too little memory', ['/bin/true'], { options: ['--memory=5M'] }, 2, /--memory/],
  ['too few processes', ['/bin/true'], { options: ['--pids=0.5'] }, 2, /--pids/],
  ['no CPU time', ['/bin/true'], { options: ['--cpus=0'] }, 2, /--cpus/],
  ['no rootfs', ['/bin/sh'], { env: { ROOTFS: '/nonexistent' } }, 1, /\/nonexistent/],
  [
    'a rootfs that is a file',
    ['/bin/sh'],
    { env: { ROOTFS: work().hostMarker } },
    1,
    /host-marker[\s\S]*ROOTFS.* directory/,
  ],
  [
    'a rootfs that is an empty directory',
    ['/bin/sh'],
    { env: { ROOTFS: emptyRoot } },
    1,
    new RegExp(`there is no /proc .*ROOTFS=${emptyRoot}`),
  ],
  [
    'a kernel without pidfds',
    ['/bin/true'],
    { wrap: [work().fixture, 'nopidfd'] },
    1,
    /ENOSYS.*clone\nhint: .*5\.4/,
  ],
]

test('bad input: one sentence and the right status', async () => {
  for (const [what, command, options, status, words] of faults) {
    const ended = await target.run(command, options)
    expect({ ...ended, stdout: ended.stdout.toString() }, what).toMatchObject({
      status,
      stdout: '',
      stderr: expect.stringMatching(words),
    })
    expect(ended.stderr).not.toMatch(/^ +at |node:internal|Error:|Warning/m)
    // A sentence, a hint; usage may have a line more.
    expect(ended.stderr.trim().split('\n').length, what).toBeLessThanOrEqual(status === 2 ? 8 : 2)
  }
})

test('--help names the options on stdout', async () => {
  const { status, stdout, stderr } = await target.run(['--help'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  for (const word of ['usage', '--memory', '--pids', '--cpus'])
    expect(stdout.toString()).toContain(word)
})

// Step 14 needs no root: it would run.
test('not root, where a killed run left its network: that of clone is said', async () => {
  const earlier = Target.step(lastOfRoot)
  onHost('ip link add container0 address 02:00:0a:c8:00:01 up type bridge')
  try {
    const options = {
      wrap: [...target.onHost(), ...becomingReader(65534)],
      env: { TMPDIR: '/tmp' },
    }
    expect(await earlier.run(['/bin/true'], options)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^EPERM: operation not permitted, clone\n/),
    })
  } finally {
    onHost('ip link delete container0')
  }
})

test('a reader that has seen enough, `| head -1`, ends it', async () => {
  const wrap = ['/bin/sh', '-c', '"$@" | head -n 1; echo end', 'sh']
  const ended = await target.run(['/bin/sh', '-c', 'while echo line; do :; done', token()], {
    wrap,
  })
  expect(ended.stdout.toString()).toBe('line\nend\n')
  expect(ended.stderr).not.toMatch(/^ +at |node:internal/m)
})

test('a session without a terminal is no trouble', async () => {
  const command = ['/bin/sh', '-c', 'echo out; echo err >&2; exit 3']
  const ended = await target.run(command, { wrap: ['setsid', '--wait'] })
  expect(ended).toMatchObject({ status: 3, stderr: 'err\n' })
  expect(ended.stdout.toString()).toBe('out\n')
})

test('Ctrl-C in the first milliseconds ends it', async () => {
  const interrupt = async (after: number) => {
    const command = ['/bin/sh', '-c', 'sleep 30; :', token()]
    const [file, ...args] = [...target.onHost(), ...target.commandLine(command)]
    // Its own process group, to which Ctrl-C goes as at a terminal.
    const child = spawn(file as string, args, { env: target.environment(), detached: true })
    const started = new Started(child, command)
    try {
      await sleep(after)
      process.kill(-started.pid, 'SIGINT')
      const ended = await started.ended().catch(() => undefined)
      return ended?.status === 130 ? [] : [`after ${after} ms: ${ended?.status ?? 'it goes on'}`]
    } finally {
      await started.kill()
    }
  }
  const moments = [1, 50, 100, 120, 140, 160, 180, 200, 220, 240, 300, 400, 500, 600, 800]
  const failures = []
  while (moments.length > 0)
    failures.push(...(await Promise.all(moments.splice(0, 5).map(interrupt))).flat())
  expect(failures).toEqual([])
  await target.sweep()
})

test('a run process that is stopped and continued goes on', async () => {
  const started = target.start(['/bin/sh', '-c', 'echo up; read -r line; exit 9', token()])
  const command = await started.commandPid()
  await started.says('up', 'a command that writes `up`')
  killPid(started.pid, 'SIGSTOP')
  await until(() => /^T/.test(status(started.pid, 'State') ?? ''))
  // The command ends while nobody waits for it.
  started.child.stdin?.end('go\n')
  await until(() => !alive(command))
  expect(status(started.pid, 'State')).toMatch(/^T/)
  killPid(started.pid, 'SIGCONT')
  expect((await started.ended()).status).toBe(9)
})

test('50 containers at once all run, and leave nothing', async () => {
  const started = Array.from({ length: 50 }, (_, i) =>
    target.start(['/bin/sh', '-c', `echo up; read -r line; exit ${i}`, token()]),
  )
  await until(() => started.every((one) => one.stdout.includes('up') || !one.running))
  for (const one of started) one.child.stdin?.end('go\n')
  const ended = await Promise.all(started.map((one) => one.ended(1000)))
  expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    started.map((_, i) => ({ status: i, stderr: '' })),
  )
})
