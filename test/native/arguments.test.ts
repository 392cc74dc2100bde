// What native/ refuses before the kernel sees it. These calls run in the test runner's process, so
// none of them may reach the kernel.
import { describe, expect, test } from 'vitest'
import * as native from './all'

const flood = 'x'.repeat(5000)

const notStrings = [undefined, null, 7, true, {}, [], Symbol.iterator, 1n, () => {}]
const notNumbers = [undefined, null, '1', true, {}, [], 1n]
const notWhole = [
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53,
  2 ** 32,
]

/** The function, for arguments that its types forbid. */
const any = (act: unknown) => act as (...args: unknown[]) => unknown

function refused(act: () => unknown, kind: typeof TypeError | typeof RangeError, words?: RegExp) {
  expect(act).toThrow(kind)
  if (words) expect(act).toThrow(words)
}

describe('strings', () => {
  const calls: Record<string, (value: unknown) => unknown> = {
    'sethostname name': (value) => any(native.sethostname)(value),
    'chroot root': (value) => any(native.chroot)(value),
    'mount target': (value) => any(native.mount)('none', value, 'tmpfs'),
    'umount2 target': (value) => any(native.umount2)(value),
    'pivot_root new_root': (value) => any(native.pivot_root)(value, '/nonexistent'),
    'pivot_root put_old': (value) => any(native.pivot_root)('/nonexistent', value),
    'mknod path': (value) => any(native.mknod)(value, 0o600),
    'execve file': (value) => any(native.execve)(value),
    'execvp file': (value) => any(native.execvp)(value),
  }
  for (const [name, call] of Object.entries(calls)) {
    test(name, () => {
      for (const value of notStrings)
        refused(() => call(value), TypeError, /must be a string, not /)
      refused(() => call('a\0b'), TypeError, /must not contain a NUL byte/)
      refused(() => call(flood), RangeError, /is longer than \d+ bytes/)
    })
  }

  test('run command', () => {
    for (const value of [...notStrings, 0])
      refused(() => any(native.run)(value), TypeError, /command must be a string, not /)
    refused(() => native.run('a\0b'), TypeError, /must be a string without null bytes/)
  })

  test('those of mount, some of which may be null', () => {
    for (const value of [7, true, {}, []]) {
      refused(
        () => any(native.mount)(value, '/nonexistent', 'tmpfs'),
        TypeError,
        /source must be a string/,
      )
      refused(
        () => any(native.mount)('none', '/nonexistent', value),
        TypeError,
        /fstype must be a string/,
      )
      refused(
        () => any(native.mount)('none', '/nonexistent', null, 0, value),
        TypeError,
        /data must be/,
      )
    }
    for (const value of ['a\0', '\0'])
      refused(
        () => native.mount('none', '/nonexistent', 'tmpfs', 0, value),
        TypeError,
        /data .* NUL byte/,
      )
    refused(
      () => native.mount(flood, '/nonexistent', null),
      RangeError,
      /source is longer than 4095 bytes/,
    )
    refused(() => native.mount(null, '/nonexistent', null, 0, flood), RangeError, /data is longer/)
  })

  test('lengths are counted in bytes', () => {
    refused(() => native.sethostname('ä'.repeat(33)), RangeError, /name is longer than 64 bytes/)
    refused(
      () => native.chroot(`/${'ä'.repeat(2048)}`),
      RangeError,
      /root is longer than 4095 bytes/,
    )
  })
})

describe('numbers', () => {
  const calls: Record<string, (value: unknown) => unknown> = {
    'mount flags': (value) => any(native.mount)('none', '/nonexistent', 'tmpfs', value),
    'umount2 flags': (value) => any(native.umount2)('/nonexistent', value),
    'unshare flags': (value) => any(native.unshare)(value),
    'setns fd': (value) => any(native.setns)(value),
    'setns nstype': (value) => any(native.setns)(0, value),
    'mknod mode': (value) => any(native.mknod)('/nonexistent/x', value),
    'mknod major': (value) => any(native.mknod)('/nonexistent/x', 0o600, value),
    'mknod minor': (value) => any(native.mknod)('/nonexistent/x', 0o600, 1, value),
    'flock fd': (value) => any(native.flock)(value, native.LOCK_UN),
    'flock operation': (value) => any(native.flock)(99, value),
  }
  for (const [name, call] of Object.entries(calls)) {
    test(name, () => {
      for (const value of notNumbers) {
        const hasDefault = value === undefined && /flags|nstype|major|minor/.test(name)
        if (!hasDefault || name === 'unshare flags')
          refused(() => call(value), TypeError, /must be a number, not /)
      }
      for (const value of notWhole) refused(() => call(value), RangeError)
    })
  }

  test('out of range', () => {
    refused(() => native.mknod('/nonexistent/x', 0o600, 0x1000), RangeError, /major/)
    refused(() => native.mknod('/nonexistent/x', 0o600, 1, 0x100000), RangeError, /minor/)
    refused(() => native.mknod('/nonexistent/x', 0o200000), RangeError, /mode/)
  })
})

test('unknown flags are named', () => {
  refused(() => native.unshare(0x100), RangeError, /flags has unknown flags: 0x100/)
  refused(() => native.unshare(0x80000000), RangeError, /unknown flags: 0x80000000/)
  refused(() => native.setns(0, native.CLONE_FS), RangeError, /nstype has unknown flags/)
  refused(() => native.umount2('/nonexistent', 0x10), RangeError, /unknown flags: 0x10/)
  refused(() => native.flock(99, 0x10), RangeError, /operation has unknown flags/)
})

describe('programs', () => {
  const never = {
    beforeExec() {
      throw new Error('it was started')
    },
  }
  const starts: Record<string, (...args: unknown[]) => Promise<unknown>> = {
    spawn: (file, args, env) =>
      any(native.spawn)(file, args, { env, ...never }) as Promise<unknown>,
    execvp: async (file, args, env) => any(native.execvp)(file, args, env),
    execve: async (file, args, env) => any(native.execve)(file, args, env),
  }
  for (const [name, begin] of Object.entries(starts)) {
    test(`${name}: arguments`, async () => {
      for (const args of [null, 'x', 7, {}, [7], [null], [['a']], ['a', undefined], Array(2)])
        await expect(begin('/nonexistent', args)).rejects.toThrow(TypeError)
      await expect(begin('/nonexistent', ['a\0b'])).rejects.toThrow(
        /args\[0\] must not contain a NUL byte/,
      )
    })
    test(`${name}: environment`, async () => {
      for (const env of [null, 7, 'A=1', { A: 1 }, { A: null }, { PATH: 7 }, { A: {} }])
        await expect(begin('nonexistent', [], env)).rejects.toThrow(TypeError)
      await expect(begin('nonexistent', [], null)).rejects.toThrow(
        'env must be an object, not null',
      )
      await expect(begin('/nonexistent', [], { A: 'a\0' })).rejects.toThrow(/env\.A .* NUL byte/)
      await expect(begin('/nonexistent', [], { 'A\0': 'a' })).rejects.toThrow(
        /name in env .* NUL byte/,
      )
    })
  }

  test('spawn: file and cloneflags', async () => {
    for (const file of notStrings)
      await expect(any(native.spawn)(file, [], never)).rejects.toThrow(TypeError)
    await expect(native.spawn('a\0', [], never)).rejects.toThrow(TypeError)
    await expect(native.spawn(flood, [], never)).rejects.toThrow(RangeError)
    for (const cloneflags of ['1', null, {}])
      await expect(any(native.spawn)('true', [], { cloneflags, ...never })).rejects.toThrow(
        TypeError,
      )
    // The lowest byte of clone's flags is a signal number, so CLONE_NEWTIME has no place there.
    for (const cloneflags of [-1, 0.5, Number.NaN, 17, native.CLONE_NEWTIME, 0x100, 2 ** 32])
      await expect(native.spawn('true', [], { cloneflags, ...never })).rejects.toThrow(RangeError)
  })
})
