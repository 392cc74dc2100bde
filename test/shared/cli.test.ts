// The command line, errors and their hints, the constants, and what is said when the addon is missing.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as native from '../native/all'
import { constants } from '#native/internal/binding'
import { hint } from '#shared/hints'
import { repository } from '../harness/work'
import { Program, start } from '../native/program'

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('parse', () => {
  const known: Record<string, [string, string]> = {
    memory: ['256M', '32M'],
    pids: ['64', '16'],
    cpus: ['1', '0.01'],
  }
  const standard = { memory: 256 * 1024 ** 2, pids: 64, cpus: 1 }

  test('without options', () => {
    expect(native.parse(['/bin/sh', '-c', 'ls'], known)).toEqual({
      command: ['/bin/sh', '-c', 'ls'],
      options: standard,
    })
    expect(native.parse([], known)).toEqual({ command: [], options: standard })
    expect(native.parse(['x'], {})).toEqual({ command: ['x'], options: {} })
  })

  test('options end where the command begins, or at --', () => {
    const words = ['--memory', '64M', '--cpus=0.5', 'sh', '--pids', '20', '--', '--memory', '']
    expect(native.parse(words, known)).toEqual({
      command: words.slice(3),
      options: { ...standard, memory: 64 * 1024 ** 2, cpus: 0.5 },
    })
    expect(native.parse(['--pids', '20', '--', '--odd', '-x'], known)).toEqual({
      command: ['--odd', '-x'],
      options: { ...standard, pids: 20 },
    })
    expect(native.parse(['--', '--', 'x'], known).command).toEqual(['--', 'x'])
    expect(native.parse(['-', 'x'], known).command).toEqual(['-', 'x'])
    expect(native.parse(['', 'x'], known).command).toEqual(['', 'x'])
  })

  test('what is counted in whole ones is rounded, what is not, is not', () => {
    const { options } = native.parse(['--memory', '1.3K', '--pids', '16.5', '--cpus', '0.29'], {
      memory: ['1', '0'],
      pids: ['64', '16'],
      cpus: ['1', '0.01'],
    })
    expect(options).toEqual({ memory: 1331, pids: 17, cpus: 0.29 })
  })

  test('units; the last of two counts', () => {
    const memory = (value: string) =>
      native.parse([`--memory=${value}`], { memory: ['1', '0'] }).options.memory
    expect(['7', '7K', '7k', '1.5M', '2G', '0'].map(memory)).toEqual([
      7,
      7 * 1024,
      7 * 1024,
      1.5 * 1024 ** 2,
      2 * 1024 ** 3,
      0,
    ])
    expect(native.parse(['--pids', '20', '--pids', '30'], known).options.pids).toBe(30)
  })

  test('what is no number, too small, unknown or without a value is a UsageError', () => {
    const wrong = [
      ['--memory=much'],
      ['--memory=-5M'],
      ['--memory=31M'],
      ['--memory=0x40000000'],
      ['--memory=1e9'],
      ['--memory=64MB'],
      ['--memory='],
      ['--memory= 64M'],
      ['--cpus=NaN'],
      ['--cpus=Infinity'],
      ['--cpus', '0'],
      ['--colour', 'red', 'x'],
      ['--toString', 'x'],
      ['--no-memory', 'x'],
      ['-x', 'y'],
      ['--memory'],
      ['--memory', '--pids', '20', 'x'],
      ['--memory', '-5M', 'x'],
    ]
    for (const argv of wrong)
      expect(() => native.parse(argv, known), argv.join(' ')).toThrow(native.UsageError)
    expect(() => native.parse(['--pids', 'many'], known)).toThrow(
      /^--pids many: must be a number, .* at least 16\nusage: /,
    )
    expect(() => native.parse(['--colour', 'red'], known)).toThrow(/--colour/)
  })
})

test('usage', () => {
  native.parse([], {})
  expect(() => native.usage()).toThrow(native.UsageError)
  expect(() => native.usage()).toThrow(
    /^usage: node --require tsx\/cjs \S+ run <command> \[<argument>\.\.\.\]$/,
  )
  native.parse([], { memory: ['256M', '32M'], pids: ['64', '16'] })
  expect(() => native.usage('no such thing')).toThrow(
    /^no such thing\nusage: .* run \[--memory <memory>\] \[--pids <pids>\] <command>/,
  )
})

test('--help is told what the options are, and is no error', async () => {
  const program = start(({ native }) => {
    process.on('uncaughtException', native.die)
    process.argv.splice(1, 9, 'main.ts', 'run', '--help')
    native.parse(['--pids', '20', '--help'], { memory: ['256M', '32M'], pids: ['64', '16'] })
  })
  expect([await program.end(), program.stderr]).toEqual([0, ''])
  expect(program.stdout).toBe(
    'usage: node --require tsx/cjs main.ts run [--memory <memory>] [--pids <pids>] <command> [<argument>...]\n' +
      '  --memory  256M if not given, at least 32M\n  --pids    64 if not given, at least 16\n',
  )
})

test('reexec names this program and its loader', () => {
  const [flag, loader, program, ...rest] = native.reexec('child', ['/bin/sh', '-c', ''])
  expect([flag, program, ...rest]).toEqual([
    '--require',
    process.argv[1],
    'child',
    '/bin/sh',
    '-c',
    '',
  ])
  expect(path.isAbsolute(loader)).toBe(true)
})

describe('die', () => {
  const cases: [what: string, status: number, stderr: RegExp][] = [
    ['usage', 2, /^how\nusage: .*\n$/],
    ['failure', 1, /^it is full\nhint: empty it\n$/],
    ['not found', 127, /^ENOENT: no such file or directory, execve '\/no\/such'\n$/],
    ['not executable', 126, /^EACCES: permission denied, execve '\/etc'\nhint: a directory, .*\n$/],
    [
      'system call',
      1,
      /^EINVAL: invalid argument, umount2 '\/work'\nhint: not a mount point: .*\n$/,
    ],
    ['of Node', 1, /^ENOENT: no such file or directory, chdir '.*' -> '\/no\/such'\n$/],
    ['a program', 1, /^Command failed: false\n$/],
    ['mistake', 1, /^TypeError: oh\n +at /],
    ['no error', 1, /^Error: thrown: 'words'\n +at /],
    ['nothing', 1, /^Error: thrown: undefined\n +at /],
  ]
  const dies = cases.map(([what]) =>
    start(({ native, childProcess }, what) => {
      process.on('uncaughtException', native.die)
      process.argv[1] = 'main.ts'
      const acts: Record<string, () => unknown> = {
        usage: () => native.usage('how'),
        failure: () => {
          throw new native.Failure('it is full', 'empty it')
        },
        'not found': () => native.execve('/no/such'),
        'not executable': () => native.spawn('/etc'),
        'system call': () => {
          throw new native.SystemError(-22, 'umount2', '/work')
        },
        'of Node': () => process.chdir('/no/such'),
        'a program': () => childProcess.execFileSync('false'),
        mistake: () => {
          throw new TypeError('oh')
        },
        'no error': () => {
          throw 'words'
        },
        nothing: () => {
          throw undefined
        },
      }
      setImmediate(acts[what])
    }, what),
  )
  for (const [index, [what, status, stderr]] of cases.entries()) {
    test(what, async () => {
      expect(await dies[index].end()).toBe(status)
      expect(dies[index].stderr).toMatch(stderr)
      expect(dies[index].stdout).toBe('')
    })
  }
})

describe('errors', () => {
  test('have the shape and the words of those of Node', () => {
    const error = new native.SystemError(-1, 'mount', 'proc', '/proc')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      message: "EPERM: operation not permitted, mount 'proc' -> '/proc'",
      name: 'SystemError',
      errno: -1,
      code: 'EPERM',
      syscall: 'mount',
      path: 'proc',
      dest: '/proc',
    })
    const short = new native.SystemError(-3, 'prctl')
    expect(short.message).toBe('ESRCH: no such process, prctl')
    expect('path' in short || 'dest' in short).toBe(false)
    expect(new native.SystemError(-4000, 'mount').code).toBe('E4000')
  })

  test('hints where the errno misleads, and none where it does not', () => {
    for (const [code, syscall, words] of [
      ['EINVAL', 'pivot_root', /mount point/],
      ['EBUSY', 'pivot_root', /bind mount/],
      ['EINVAL', 'mount', /no such file system/],
      ['ENODEV', 'mount', /proc\/filesystems/],
      ['ENOSPC', 'mount', /mount-max/],
      ['EBUSY', 'mount', /findmnt/],
      ['EBUSY', 'umount2', /MNT_DETACH/],
      ['EINVAL', 'umount2', /target/],
      ['ENOSPC', 'clone', /max_\*_namespaces/],
      ['EINVAL', 'clone', /\/proc\/self\/ns/],
      ['EAGAIN', 'clone', /ulimit -u/],
      ['EINVAL', 'unshare', /threads/],
      ['EINVAL', 'setns', /namespace/],
      ['EACCES', 'execve', /ls -l/],
      ['ENOEXEC', 'execve', /another machine/],
      ['ENOENT', 'spawnSync nft', /nftables/],
    ] as const)
      expect(hint(code, syscall), `${syscall} ${code}`).toMatch(words)
    expect(hint('ENOENT', 'mount', '/no/such', '/tmp')).toBe('there is no /no/such')
    expect(hint('ENOENT', 'mount', '/tmp', '/no/such')).toMatch(
      /^there is no \/no\/such to mount on/,
    )
    expect(hint('ENOENT', 'mount', 'proc', '/tmp')).toBeUndefined()
    expect(hint('ELOOP', 'mount', 'proc', '/a/link')).toMatch(/^\/a\/link is a symbolic link/)
    expect(hint('ENOENT', 'execve', '/no/such')).toBeUndefined()
    expect(hint('ENOENT', 'execve', 'sh')).toBeUndefined()
    expect(hint('ENOENT', 'execve', '/etc/passwd')).toMatch(/interpreter/)
    expect(hint('ESRCH', 'pidfd_open')).toBeUndefined()
  })
})

test('the constants are those of the headers', () => {
  const exported = Object.entries(native).filter(([name]) =>
    /^[A-Z]+_[A-Z_]+$|^W[A-Z]+$/.test(name),
  )
  expect(exported.filter(([, value]) => typeof value !== 'number')).toEqual([])
  expect(exported.length).toBeGreaterThan(30)
  const names = Object.keys(constants)
  const program = path.join(scratch(), 'constants')
  const headers = [
    'sched.h',
    'signal.h',
    'stdio.h',
    'sys/file.h',
    'sys/mount.h',
    'sys/prctl.h',
    'sys/stat.h',
    'sys/wait.h',
  ]
  const source = `#define _GNU_SOURCE
    ${headers.map((header) => `#include <${header}>`).join('\n')}
    int main(void) { ${names.map((name) => `printf("%s %llu\\n", "${name}", (unsigned long long)${name});`).join('\n')} }`
  execFileSync('cc', ['-x', 'c', '-', '-o', program], { input: source })
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
  const values = Object.fromEntries(
    lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
  )
  expect(constants).toEqual(values)
  for (const [name, value] of exported)
    if (name !== 'CLONE_FLAGS') expect(value, name).toBe(values[name])
  expect(native.CLONE_FLAGS & 0xff).toBe(0)
})

describe('the addon', () => {
  async function loadFails(
    damage: (folder: string) => void,
  ): Promise<{ folder: string; stderr: string }> {
    const folder = path.join(scratch(), 'native')
    const source = path.join(repository, 'native')
    cpSync(source, folder, {
      recursive: true,
      filter: (name) => path.relative(source, name) !== 'build',
    })
    damage(folder)
    const program = new Program(`require(${JSON.stringify(path.join(folder, 'index.ts'))})`, {})
    expect(await program.end()).toBe(1)
    return { folder, stderr: program.stderr }
  }

  test('is missing: where it was looked for, and what to do', async () => {
    const { folder, stderr } = await loadFails(() => {})
    expect(stderr).toContain(`the native addon ${folder}/build/Release/native.node is not there`)
    expect(stderr).toContain('npm run build')
  })

  test('is damaged: the same, and why it can not be loaded', async () => {
    const { folder, stderr } = await loadFails((copy) => {
      mkdirSync(path.join(copy, 'build/Release'), { recursive: true })
      writeFileSync(path.join(copy, 'build/Release/native.node'), 'no object')
    })
    expect(stderr).toMatch(`the native addon ${folder}/build/Release/native.node can't be loaded: `)
    expect(stderr).toContain('npm run build')
  })
})
