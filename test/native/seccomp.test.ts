// seccomp(2), and the numbers of system calls.
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { becomingReader } from '../harness/user'
import * as native from './all'
import { isRoot, run, start } from './program'

describe.skipIf(!isRoot).concurrent('a filter, as root', () => {
  test('judges the thread, and what it starts, until the end', async () => {
    const { value } = await run(({ native, childProcess, failure, status }) => {
      const { assemble, answer, errno, ifCall, load, seccomp, SECCOMP_SET_MODE_FILTER } = native
      const refuse = (code: 'EXDEV' | 'EDQUOT') =>
        assemble(
          load(native.NUMBER),
          ifCall('flock', errno(code)),
          answer(native.SECCOMP_RET_ALLOW),
        )
      const before = status('self', 'Seccomp')
      seccomp(SECCOMP_SET_MODE_FILTER, 0, refuse('EXDEV'))
      const first = failure(() => native.flock(900, native.LOCK_EX))?.code
      // A second filter can't give back what the first one refuses.
      seccomp(SECCOMP_SET_MODE_FILTER, 0, assemble(answer(native.SECCOMP_RET_ALLOW)))
      const second = failure(() => native.flock(900, native.LOCK_EX))?.code
      const child = childProcess.spawnSync('grep', ['Seccomp', '/proc/self/status'])
      return { before, first, second, child: `${child.stdout}` }
    })
    expect(value).toMatchObject({ before: '0', first: 'EXDEV', second: 'EXDEV' })
    expect(value.child).toMatch(/^Seccomp:\t2\n(Seccomp_filters:\t2\n)?$/)
  })

  test('can end the process by SIGSYS', async () => {
    const program = start(({ native }) => {
      const { assemble, answer, ifCall, load, seccomp, SECCOMP_SET_MODE_FILTER } = native
      const ends = assemble(
        load(native.NUMBER),
        ifCall('sethostname', native.SECCOMP_RET_KILL_PROCESS),
        answer(native.SECCOMP_RET_ALLOW),
      )
      seccomp(SECCOMP_SET_MODE_FILTER, 0, ends)
      native.sethostname('x'.repeat(64))
    })
    expect(await program.end()).toBe('SIGSYS')
  })

  test('that refuses what Node does at its end: it ends with its status nevertheless', async () => {
    const program = start(({ native }) => {
      const { assemble, answer, ifCall, load, seccomp, SECCOMP_SET_MODE_FILTER } = native
      const waits = ['epoll_wait', 'epoll_pwait', 'io_uring_enter'].flatMap((name) =>
        native.numbers[name] === undefined ? [] : [ifCall(name, native.SECCOMP_RET_KILL_PROCESS)],
      )
      const filter = assemble(load(native.NUMBER), ...waits, answer(native.SECCOMP_RET_ALLOW))
      seccomp(SECCOMP_SET_MODE_FILTER, 0, filter)
      process.exit(3)
    })
    expect(await program.end()).toBe(3)
  })

  test('that is no valid program: EINVAL', async () => {
    const { value } = await run(({ native, failure }) => {
      const { assemble, answer, load, seccomp, unless, SECCOMP_RET_ALLOW } = native
      return [
        assemble(load(native.NUMBER)), // goes on after its end
        assemble(unless(0, SECCOMP_RET_ALLOW)), // skips its end
        assemble(load(64), answer(SECCOMP_RET_ALLOW)), // struct seccomp_data has 64 bytes
        assemble(load(2), answer(SECCOMP_RET_ALLOW)), // in the middle of a word
        new Uint8Array(8),
      ].map((program) => failure(() => seccomp(native.SECCOMP_SET_MODE_FILTER, 0, program)))
    })
    const refused = { code: 'EINVAL', message: 'EINVAL: invalid argument, seccomp' }
    expect(value).toMatchObject(value.map(() => refused))
  })

  test('may have 4096 instructions', async () => {
    const { value } = await run(({ native, status }) => {
      const { assemble, answer, seccomp, SECCOMP_RET_ALLOW } = native
      const long = Array.from({ length: 4096 }, () => answer(SECCOMP_RET_ALLOW))
      seccomp(native.SECCOMP_SET_MODE_FILTER, 0, assemble(...long))
      return status('self', 'Seccomp')
    })
    expect(value).toBe('2')
  })

  test('needs no_new_privs or CAP_SYS_ADMIN: EACCES', async () => {
    const { value } = await run(
      ({ native, failure }) => {
        const allow = native.assemble(native.answer(native.SECCOMP_RET_ALLOW))
        return failure(() => native.seccomp(native.SECCOMP_SET_MODE_FILTER, 0, allow))
      },
      undefined,
      { wrap: becomingReader(65534) },
    )
    expect(value).toMatchObject({ message: 'EACCES: permission denied, seccomp' })
  })
})

/** What the headers say, by name. */
const headers = () =>
  [
    ...spawnSync('cc', ['-E', '-dM', '-include', 'sys/syscall.h', '-x', 'c', '/dev/null'], {
      encoding: 'utf8',
    }).stdout.matchAll(/^#define __NR_(\w+) (\d+)$/gm),
  ].map(([, name, number]) => [name as string, Number(number)] as const)

const hasCompiler = spawnSync('cc', ['--version']).status === 0
if (!hasCompiler) console.log('Skipped: comparing numbers with the headers, which needs cc.')

test.skipIf(!hasCompiler)('numbers has every system call of the headers', () => {
  const newest = Math.max(...Object.values(native.numbers).map((number) => number ?? 0))
  const markers = ['syscalls', 'arch_specific_syscall'] // no calls
  const known = headers().filter(([name, number]) => number <= newest && !markers.includes(name))
  expect(known.length).toBeGreaterThan(250)
  expect(native.numbers).toMatchObject(Object.fromEntries(known))
})

test('numbers: each of them once, and undefined for the call of another machine', () => {
  const all = Object.values(native.numbers)
  const here = all.filter((number) => number !== undefined)
  expect(new Set(here).size).toBe(here.length)
  expect(all.length).toBeGreaterThan(370)
  expect('iopl' in native.numbers).toBe(true)
  expect(native.numbers.iopl === undefined).toBe(process.arch !== 'x64')
  expect(native.numbers.clone3).toBe(435)
})
