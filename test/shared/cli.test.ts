// The command line: options, usage, and how errors end a program.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SystemError } from '#native/internal/errors'
import { die, Failure, parse, UsageError, usage } from '#shared/cli'
import { start } from '../native/program'

describe('parse', () => {
  const known: Record<string, [string, string, string]> = {
    memory: ['256M', '32M', '1G'],
    pids: ['64', '16', '4194304'],
    cpus: ['1', '0.1', '999'],
  }
  const standard = { memory: 256 * 1024 ** 2, pids: 64, cpus: 1 }

  test('without options', () => {
    expect(parse(['/bin/sh', '-c', 'ls'], known)).toEqual({
      command: ['/bin/sh', '-c', 'ls'],
      options: standard,
    })
    expect(parse(['x'])).toEqual({ command: ['x'], options: {} })
    expect(parse(['x', '--pids', '20'])).toEqual({ command: ['x', '--pids', '20'], options: {} })
  })

  test('throws a UsageError without a command', () => {
    for (const argv of [[], ['--'], ['--pids', '20'], ['--pids', '20', '--']])
      expect(() => parse(argv, known), argv.join(' ')).toThrow(UsageError)
    expect(() => parse([])).toThrow(UsageError)
  })

  test('options end where the command begins, or at --', () => {
    const words = ['--memory', '64M', '--cpus=0.5', 'sh', '--pids', '20', '--', '--memory', '']
    expect(parse(words, known)).toEqual({
      command: words.slice(3),
      options: { ...standard, memory: 64 * 1024 ** 2, cpus: 0.5 },
    })
    expect(parse(['--pids', '20', '--', '--odd', '-x'], known)).toEqual({
      command: ['--odd', '-x'],
      options: { ...standard, pids: 20 },
    })
    expect(parse(['--', '--', 'x'], known).command).toEqual(['--', 'x'])
    expect(parse(['-', 'x'], known).command).toEqual(['-', 'x'])
    expect(parse(['', 'x'], known).command).toEqual(['', 'x'])
  })

  test('rounds to whole numbers if the least value is one', () => {
    const words = ['--memory', '1.3K', '--pids', '16.5', '--cpus', '0.29', 'x']
    const { options } = parse(words, {
      memory: ['1', '0', '1G'],
      pids: ['64', '16', '100'],
      cpus: ['1', '0.1', '4'],
    })
    expect(options).toEqual({ memory: 1331, pids: 17, cpus: 0.29 })
  })

  test('knows units; the last of two values counts', () => {
    const memory = (value: string) =>
      parse([`--memory=${value}`, 'x'], { memory: ['1', '0', '2G'] }).options.memory
    expect(['7', '7K', '7k', '1.5M', '2G', '0'].map(memory)).toEqual([
      7,
      7 * 1024,
      7 * 1024,
      1.5 * 1024 ** 2,
      2 * 1024 ** 3,
      0,
    ])
    expect(parse(['--pids', '20', '--pids', '30', 'x'], known).options.pids).toBe(30)
  })

  test('an option that is a word: undefined if it isn’t given', () => {
    const words = (argv: string[]) =>
      parse(argv, { pids: ['64', '16', '99'], layer: 'DIR, to keep in DIR what is written' })
        .options
    expect(words(['x'])).toEqual({ pids: 64, layer: undefined })
    expect(words(['--layer', 'a b:c', '--pids=20', 'x'])).toEqual({ pids: 20, layer: 'a b:c' })
    expect(() => words(['--layer=', 'x'])).toThrow(/^--layer needs a word.*\nusage: .*<layer>/)
    expect(() => words(['--layer'])).toThrow(UsageError)
  })

  test('throws a UsageError for a wrong, small, great or missing value or an unknown option', () => {
    const amounts = ['much', '-5M', '31M', '1025M', '0x40000000', '1e9', '64MB', '', ' 64M']
    const shares = ['NaN', 'Infinity', '0', '0.01', '99999999999999999999']
    const wrong = [
      ...amounts.map((amount) => [`--memory=${amount}`, 'x']),
      ...shares.map((share) => ['--cpus', share, 'x']),
      ['--colour', 'red', 'x'],
      ['--toString', 'x'],
      ['--no-memory', 'x'],
      ['-x', 'y'],
      ['--memory'],
      ['--memory', '--pids', '20', 'x'],
      ['--memory', '-5M', 'x'],
    ]
    for (const argv of wrong) expect(() => parse(argv, known), argv.join(' ')).toThrow(UsageError)
    expect(() => parse(['--pids', 'many', 'x'], known)).toThrow(
      /^--pids many: must be a number from 16 to 4194304, .*\nusage: /,
    )
    expect(() => parse(['--colour', 'red'], known)).toThrow(/--colour/)
  })
})

test('usage', () => {
  parse(['x'])
  expect(() => usage()).toThrow(UsageError)
  expect(() => usage()).toThrow(
    /^usage: node --require tsx\/cjs \S+ run <command> \[<argument>\.\.\.\]$/,
  )
  parse(['x'], { memory: ['256M', '32M', '1G'], pids: ['64', '16', '99'] })
  expect(() => usage('no such thing')).toThrow(
    /^no such thing\nusage: .* run \[--memory <memory>\] \[--pids <pids>\] <command>/,
  )
})

test('--help lists the options and is no error', async () => {
  const program = start(({ native }) => {
    process.on('uncaughtException', native.die)
    process.argv.splice(1, 9, 'main.ts', 'run', '--help')
    native.parse(['--pids', '20', '--help'], {
      memory: ['256M', '32M', '1G'],
      pids: ['64', '16', '99'],
      layer: 'DIR, to keep in DIR what is written',
    })
  })
  expect([await program.end(), program.stderr]).toEqual([0, ''])
  expect(program.stdout).toBe(
    'usage: node --require tsx/cjs main.ts run [--memory <memory>] [--pids <pids>] ' +
      '[--layer <layer>] <command> [<argument>...]\n' +
      '  --memory  256M if not given, from 32M to 1G\n' +
      '  --pids    64 if not given, from 16 to 99\n' +
      '  --layer   DIR, to keep in DIR what is written\n',
  )
})

describe('die', () => {
  afterEach(() => vi.restoreAllMocks())

  /** What die() writes to standard error, and the exit status. */
  function dies(thrown: unknown): [status: number, stderr: string] {
    let stderr = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text
      return true
    })
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit')
    })
    expect(() => die(thrown)).toThrow('exit')
    return [exit.mock.calls[0]?.[0] as number, stderr]
  }

  const failed = (act: () => unknown): unknown => {
    try {
      act()
    } catch (error) {
      return error
    }
  }

  const cases: [what: string, thrown: unknown, status: number, stderr: RegExp][] = [
    ['usage', failed(() => usage('how')), 2, /^how\nusage: .*\n$/],
    ['failure', new Failure('it is full', 'empty it'), 1, /^it is full\nhint: empty it\n$/],
    [
      'not found',
      new SystemError(-2, 'execve', '/no/such'),
      127,
      /^ENOENT: no such file or directory, execve '\/no\/such'\n$/,
    ],
    [
      'not executable',
      new SystemError(-13, 'execve', '/etc'),
      126,
      /^EACCES: permission denied, execve '\/etc'\nhint: it's a directory, .*\n$/,
    ],
    [
      'system call',
      new SystemError(-22, 'umount2', '/work'),
      1,
      /^EINVAL: invalid argument, umount2 '\/work'\nhint: not a mount point: .*\n$/,
    ],
    [
      'error of Node',
      failed(() => readdirSync('/no/such')),
      1,
      /^ENOENT: no such file or directory, scandir '\/no\/such'\n$/,
    ],
    ['program that failed', failed(() => execFileSync('false')), 1, /^Command failed: false\n$/],
    ['bug', new TypeError('oh'), 1, /^TypeError: oh\n +at /],
    ['undefined', undefined, 1, /^Error: thrown: undefined\n +at /],
  ]
  test.each(cases)('%s', (_, thrown, status, stderr) => {
    expect(dies(thrown)).toEqual([status, expect.stringMatching(stderr)])
  })
})
