// Bad input and rough ends, on the last step or the given program: one sentence, the right status,
// nothing left behind.
import { execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hostUnchanged, inHost, type Snapshot, snapshot } from '../harness/host'
import { alive, killPid, status, withToken } from '../harness/proc'
import { givenMain } from '../harness/prove'
import { random } from '../harness/random'
import { newToken, type StartOptions, Started, steps, Target } from '../harness/target'
import { becomingReader } from '../harness/user'
import { sleep, until } from '../harness/waiting'
import { work } from '../harness/work'

const last = steps().at(-1) ?? '01-exec'
const target = givenMain ? new Target(givenMain) : Target.step(last)
// A given program may be that of an early step, and is only asked what such a step claims.
const number = givenMain ? Number(/(\d\d)-[\w-]+\/main\.ts$/.exec(givenMain)?.[1] ?? 99) : 99

let before: Snapshot
let tokens: string[]
let host: number

beforeEach(async () => {
  host = await target.ownHost()
  before = snapshot(host)
  tokens = []
})
afterEach(async () => {
  await target.settle()
  await hostUnchanged(before, tokens, host)
})

afterAll(() => target.close())

const ordinaryUser = becomingReader(65534)

function nsenter(pid: number, script: string): [string, string[]] {
  const [file = 'sh', ...args] = [...inHost(pid), 'sh', '-ec', script]
  return [file, args]
}

function token(): string {
  const word = newToken()
  tokens.push(word)
  return word
}

describe('bad input gives one sentence and the right status', () => {
  async function complains(
    command: string[],
    code: number,
    words: RegExp,
    options: StartOptions = {},
  ) {
    const ended = await target.run(command, options)
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({
      status: code,
      stderr: expect.stringMatching(words),
    })
    expect(ended.stderr).not.toMatch(/^ +at |node:internal|Error:|Warning/m)
    // A sentence, a hint; usage may have a line more.
    expect(ended.stderr.trim().split('\n').length).toBeLessThanOrEqual(code === 2 ? 8 : 2)
    expect(ended.stdout.toString()).toBe('')
  }

  test('no verb', () => complains([], 2, /usage/i, { verb: [] }))
  test('an unknown verb', () => complains(['/bin/sh'], 2, /usage/i, { verb: ['dance'] }))
  test('no command', () => complains([], 2, /usage|command/i))
  test('`child` without namespaces, called by hand', () =>
    complains(['/bin/true'], 2, /child/, { verb: ['child'] }))
  test('a command that does not exist', () =>
    complains(['/no/such/command'], 127, /\/no\/such\/command/))
  test('a name that is nowhere in PATH', () =>
    complains(['no-such-command'], 127, /no-such-command/))
  test('a command that is a directory', () => complains(['/etc'], 126, /\/etc/))
  test('a file that is no program', () => complains(['/etc/passwd'], 126, /\/etc\/passwd/))
  test('an empty command', () => complains([''], 127, /./))

  test.runIf(number >= 7)('an unknown option', () =>
    complains(['/bin/true'], 2, /--colour/, { options: ['--colour', 'red'] }),
  )
  test.runIf(number >= 7)('limits that make no sense', async () => {
    const wrong = [
      '--memory=much',
      '--memory=-5M',
      '--pids=0.5',
      '--pids=many',
      '--cpus=all',
      '--cpus=0',
    ]
    await Promise.all(
      wrong.map((option) =>
        complains(['/bin/true'], 2, new RegExp(option.replace(/=.*/, '')), { options: [option] }),
      ),
    )
  })

  test.runIf(number >= 5)('a rootfs that does not exist', () =>
    complains(['/bin/sh'], 1, /\/nonexistent/, { env: { ROOTFS: '/nonexistent' } }),
  )
  test.runIf(number >= 5)('a rootfs that is a file', () =>
    complains(['/bin/sh'], 1, /host-marker[\s\S]*ROOTFS.* directory/, {
      env: { ROOTFS: work().hostMarker },
    }),
  )
  test.runIf(number >= 5)('a rootfs without /bin/sh', async () => {
    const poor = path.join(work().folder, `poor-${process.pid}`)
    fs.cpSync(work().otherRootfs, poor, { recursive: true, verbatimSymlinks: true })
    fs.rmSync(path.join(poor, 'bin/sh'))
    try {
      await complains(['/bin/sh'], 127, /\/bin\/sh/, { env: { ROOTFS: poor } })
    } finally {
      fs.rmSync(poor, { recursive: true })
    }
  })
  test.runIf(number >= 5)('a rootfs which is an empty directory', async () => {
    const empty = path.join(work().folder, `nothing-${process.pid}`)
    fs.mkdirSync(empty)
    try {
      await complains(['/bin/sh'], 1, new RegExp(`there is no /proc .*ROOTFS=${empty}`), {
        env: { ROOTFS: empty },
      })
    } finally {
      fs.rmSync(empty, { recursive: true })
    }
  })
  test('a kernel without pidfds', () =>
    complains(['/bin/true'], 1, /ENOSYS.*clone\nhint: .*5\.4/, {
      wrap: [work().fixture, 'nopidfd'],
    }))
  test.runIf(number >= 2)('not root', () =>
    complains(['/bin/true'], 1, /root|EPERM|EACCES|not permitted|denied/, {
      wrap: ordinaryUser,
      env: { TMPDIR: '/tmp', HOME: '/nonexistent' },
    }),
  )
})

test.runIf(number >= 7)('--help names the options on stdout', async () => {
  const { status, stdout, stderr } = await target.run(['--help'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  for (const word of ['usage', '--memory', '--pids', '--cpus'])
    expect(stdout.toString()).toContain(word)
})

test.runIf(number >= 8 && !givenMain)(
  'not root, where a killed run left its network: that of clone is said',
  async () => {
    const run = (script: string) => execFileSync(...nsenter(host, script))
    run('ip link add container0 type bridge && ip link set container0 alias 10.200.0/0')
    try {
      const ended = await target.run(['/bin/true'], { wrap: ordinaryUser, env: { TMPDIR: '/tmp' } })
      expect({ status: ended.status, stderr: ended.stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^EPERM: operation not permitted, clone\n/),
      })
    } finally {
      run('ip link delete container0')
    }
  },
)

describe('an end at a bad moment leaves nothing', () => {
  /** Pseudo-random instants, the same in every run. */
  function instants(count: number, upTo: number): number[] {
    const next = random(20_240_607)
    return Array.from({ length: count }, () => Math.round(next() * upTo))
  }

  test('kill -9 of the run process at 16 instants of its life', async () => {
    const moments = instants(16, 700)
    while (moments.length > 0) {
      await Promise.all(
        moments.splice(0, 4).map(async (after) => {
          const started = target.start(['/bin/sh', '-c', 'echo up; sleep 30; :', token()])
          await sleep(after)
          killPid(started.pid)
          await started.ended()
        }),
      )
      const left = () => tokens.flatMap(withToken)
      await until(() => left().length === 0)
      expect(left()).toEqual([])
    }
    await target.sweep()
  })

  test('Ctrl-C in the first milliseconds', async () => {
    const interrupt = async (after: number) => {
      // Its own process group, to which Ctrl-C goes as at a terminal.
      const word = token()
      const [file, ...args] = [
        ...inHost(host),
        ...target.commandLine(['/bin/sh', '-c', 'sleep 30; :', word]),
      ]
      const child = spawn(file as string, args, { env: target.environment(), detached: true })
      const started = new Started(child, [word])
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

  test('a closed stdout, `| head -1`', async () => {
    const word = token()
    const wrap = ['/bin/sh', '-c', '"$@" | head -n 1; echo end', 'sh']
    const ended = await target.run(['/bin/sh', '-c', 'while echo line; do :; done', word], {
      wrap,
    })
    expect(ended.stdout.toString()).toBe('line\nend\n')
    expect(ended.stderr).not.toMatch(/^ +at |node:internal/m)
  })

  test('no terminal, and none to be had: a session without one', async () => {
    const ended = await target.run(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3'], {
      wrap: ['setsid', '--wait'],
    })
    expect(ended).toMatchObject({ status: 3, stderr: 'err\n' })
    expect(ended.stdout.toString()).toBe('out\n')
  })

  test('a container that ignores SIGTERM is killed, two seconds later at the soonest', async () => {
    const started = target.start([
      '/bin/sh',
      '-c',
      'trap "" TERM; echo up; while :; do sleep 0.1; done',
      token(),
    ])
    await started.says('up', 'a command that writes `up`')
    const begin = performance.now()
    killPid(started.pid, 'SIGTERM')
    const ended = await started.ended()
    const seconds = (performance.now() - begin) / 1000
    expect(ended.status).toBe(137)
    expect(seconds).toBeGreaterThan(1.9)
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
    expect(alive(started.pid)).toBe(false)
  })
})

test('50 containers at once all run, and leave nothing', async () => {
  const started = Array.from({ length: 50 }, (_, i) =>
    target.start(['/bin/sh', '-c', `echo up; read -r line; exit ${i}`, token()]),
  )
  const all = await until(() => started.every((one) => one.stdout.includes('up') || !one.running))
  const failures = started.filter((one) => !one.stdout.includes('up')).map((one) => one.stderr)
  expect(failures).toEqual([])
  expect(all).toBe(true)
  for (const one of started) one.child.stdin?.end('go\n')
  const ended = await Promise.all(started.map((one) => one.ended(1000)))
  expect(ended.map((one) => one.status)).toEqual(started.map((_, i) => i))
  expect(ended.map((one) => one.stderr).filter((text) => text !== '')).toEqual([])
})
