// What a step needs of its host: tools, a lock, a free subnet; and running itself again.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { flock, LOCK_EX, LOCK_NB } from '#native/file'
import type { SystemError } from '#native/internal/errors'
import { fail } from '#shared/cli'
import { run } from '#shared/command'
import { withLock } from '#shared/lock'
import { reexec } from '#shared/reexec'
import { becoming } from '../harness/user'
import { repository } from '../harness/work'
import { isRoot, run as runProgram } from '../native/program'

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('run', () => {
  test('returns what a tool writes, given what it reads', () => {
    expect(run('cat', 'a line\n')).toBe('a line\n')
    expect(run('echo one two')).toBe('one two\n')
  })

  test.each(['/nowhere', ''])('finds the tools of root, even with PATH=%s', (PATH) => {
    vi.stubEnv('PATH', PATH)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(run('nft --version')).toMatch(/^nftables/)
  })

  test('throws what a failed tool wrote, or how it ended', () => {
    expect(() => run('ls /nowhere')).toThrow(/^ls \/nowhere failed: .*No such file or directory/)
    expect(() => run('false')).toThrow('false failed: exit status 1')
    // Too much for a pipe that nobody reads.
    expect(() => run('false', ' '.repeat(2 ** 20))).toThrow('false failed: exit status 1')
  })

  test("runs it again if a terminal's signal ended it before it had its session", () => {
    const file = path.join(scratch(), 'signalled')
    writeFileSync(file, '')
    const script = `rm ${file} 2> /dev/null && kill -INT $$; cat`.replaceAll(' ', '\t')
    expect(run(`sh -c ${script}`, 'read')).toBe('read')
    expect(() => run('sh -c kill\t-HUP\t$$')).toThrow(/failed: SIGHUP$/)
  })

  test("names a tool that isn't there", () => {
    expect(() => run('no-such-tool')).toThrow(
      expect.objectContaining({ code: 'ENOENT', syscall: 'spawnSync no-such-tool' }),
    )
  })

  test('starts the tool in a new session, where no Ctrl-C reaches it', () => {
    const [pid, session] = run('sh -c exec\tps\t-o\tpid=,sid=\t-p\t$$').trim().split(/\s+/)
    expect(session).toBe(pid)
  })
})

describe.skipIf(!isRoot)('withLock', () => {
  const files = () => readdirSync('/run').filter((name) => name.startsWith('test-lock'))
  const tryLock = () => {
    const fd = openSync(`/run/${files()[0]}`, 'r')
    try {
      flock(fd, LOCK_EX | LOCK_NB)
      return 'free'
    } catch (error) {
      return (error as SystemError).code
    } finally {
      closeSync(fd)
    }
  }

  test('keeps others out until the action ends, and leaves nothing', () => {
    expect(withLock('test-lock', tryLock)).toBe('EAGAIN')
    expect(() => withLock('test-lock', () => fail('no'))).toThrow('no')
    expect(files()).toEqual([])
    expect(() => withLock('no/folder', () => 0)).toThrow(/^ENOENT/)
  })

  test("can't be held by an ordinary user", () => {
    const [command = '', ...words] = becoming(65534)
    withLock('test-lock', () => {
      const flock = ['flock', '--nonblock', `/run/${files()[0]}`, 'true']
      const { status, stderr } = spawnSync(command, [...words, ...flock], { encoding: 'utf8' })
      expect([status === 0, stderr]).toEqual([false, expect.stringMatching(/Permission denied/)])
    })
  })
})

test.skipIf(!isRoot)('freeSubnet finds one that no route leads to', async () => {
  const mountSys = 'mount -t sysfs sysfs /sys && exec "$@"'
  const { value } = await runProgram(
    ({ native, failure }) => {
      const found = [native.freeSubnet()]
      native.run('ip link add test0 type bridge')
      native.run('ip link set test0 up')
      const narrow = ['10.200.0.0/24', '10.200.1.77/32', '10.200.2.0/23']
      const wide = ['10.192.0.0/10', '0.0.0.0/1'] // a VPN makes such routes
      for (const route of [...narrow, ...wide]) {
        native.run(`ip route add ${route} dev test0`)
        found.push(native.freeSubnet())
      }
      native.run('ip route add 10.200.0.0/16 dev test0')
      const full = failure(() => native.freeSubnet())?.message
      native.unshare(native.CLONE_NEWNET)
      return [...found, full, failure(() => native.freeSubnet())?.message]
    },
    undefined,
    { wrap: ['unshare', '--net', '--mount', 'sh', '-c', mountSys, 'sh'] },
  )
  expect(value).toEqual([
    '10.200.0',
    '10.200.1',
    '10.200.2',
    '10.200.4',
    '10.200.4',
    '10.200.4',
    'the routes of this host leave no subnet of 10.200.0.0/16 free',
    '/sys shows the interfaces of another network namespace than this one',
  ])
})

test('reexec names this program and its loader', () => {
  const [flag, loader, program, ...rest] = reexec('child', ['/bin/sh', '-c', ''])
  expect([flag, program, ...rest]).toEqual([
    '--require',
    process.argv[1],
    'child',
    '/bin/sh',
    '-c',
    '',
  ])
  expect(loader).toBe(path.join(repository, 'steps/shared/loader.cjs'))
})

test('the loader takes what was compiled, unless the source has changed since', () => {
  const folder = scratch()
  const at = (name: string) => path.join(folder, name)
  for (const name of ['steps/shared', 'build/ts']) mkdirSync(at(name), { recursive: true })
  copyFileSync(path.join(repository, 'steps/shared/loader.cjs'), at('steps/shared/loader.cjs'))
  symlinkSync(path.join(repository, 'node_modules'), at('node_modules'))
  writeFileSync(at('main.ts'), "console.log('source' as string)")
  writeFileSync(at('build/ts/main.ts.js'), "console.log('compiled')")
  const load = () =>
    execFileSync(process.execPath, ['--require', at('steps/shared/loader.cjs'), at('main.ts')], {
      encoding: 'utf8',
    })
  const { atime, mtime } = statSync(at('main.ts'))
  utimesSync(at('build/ts/main.ts.js'), atime, mtime)
  expect(load()).toBe('compiled\n')
  utimesSync(at('main.ts'), atime, new Date(mtime.getTime() + 1000))
  expect(load()).toBe('source\n')
})

test.skipIf(!isRoot)('a limit that the kernel refuses is named with its file', async () => {
  const { value } = await runProgram(({ native, failure }) => {
    const group = `/sys/fs/cgroup/container-test-${process.pid}`
    native.writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', '+memory +pids +cpu')
    native.mkdirSync(group)
    try {
      return failure(() => native.writeFileSync(`${group}/pids.max`, 'many'))
    } finally {
      native.rmdirSync(group)
    }
  })
  expect(value).toMatchObject({
    code: 'EINVAL',
    message: expect.stringMatching(/^EINVAL: .* '\/sys\/fs\/cgroup\/.*\/pids\.max': many$/),
  })
})
