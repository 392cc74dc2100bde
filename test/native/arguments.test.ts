// What native/ refuses before the kernel sees it. These calls run in the test runner's process, so
// none of them may reach the kernel.
import { expect, test } from 'vitest'
import * as native from './all'

const notStrings = [undefined, null, 7, true, {}, [], Symbol.iterator, 1n, () => {}]
const notNumbers = [undefined, null, '1', true, {}, [], 1n]
const notWhole = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 32]

/** The function, for arguments that its types forbid. */
const any = (act: unknown) => act as (...args: unknown[]) => unknown

function refused(act: () => unknown, kind: typeof TypeError | typeof RangeError, words = '') {
  expect(act).toThrow(kind)
  expect(act).toThrow(words)
}

const { chroot, execve, execvp, flock, mknod, mount, pivot_root, setns, sethostname } = native
const { AT_FDCWD, mount_setattr, move_mount, open_tree } = native
const { capset, prctl, seccomp, spawn, umount2, unshare } = native

const strings: [act: unknown, name: string, before: unknown[], after?: unknown[]][] = [
  [sethostname, 'name', []],
  [chroot, 'root', []],
  [mount, 'source', []],
  [mount, 'target', ['none']],
  [mount, 'fstype', ['none', '/nonexistent']],
  [mount, 'data', ['none', '/nonexistent', 'tmpfs', 0]],
  [umount2, 'target', []],
  [pivot_root, 'new_root', []],
  [pivot_root, 'put_old', ['/nonexistent']],
  [mknod, 'path', [], [0o600]],
  [open_tree, 'pathname', [AT_FDCWD]],
  [move_mount, 'from_pathname', [AT_FDCWD], [AT_FDCWD, '/nonexistent']],
  [move_mount, 'to_pathname', [AT_FDCWD, '/nonexistent', AT_FDCWD]],
  [mount_setattr, 'pathname', [AT_FDCWD], [0, {}]],
  [execve, 'file', []],
  [execvp, 'file', []],
]
test.each(strings)('%o: %s is a string', (act, name, before, after = []) => {
  const call = (value: unknown) => any(act)(...before, value, ...after)
  const isOptional = ['source', 'fstype', 'data'].includes(name)
  for (const value of isOptional ? notStrings.slice(2) : notStrings)
    refused(() => call(value), TypeError, `${name} must be a string, not `)
  refused(() => call('a\0b'), TypeError, `${name} must not contain a NUL byte`)
  const longest = act === sethostname ? 64 : 4095
  const long = 'ä'.repeat(Math.ceil((longest + 1) / 2))
  refused(() => call(long), RangeError, `${name} is longer than ${longest} bytes`)
})

const numbers: [act: unknown, name: string, before: unknown[], after?: unknown[]][] = [
  [mount, 'flags', ['none', '/nonexistent', 'tmpfs']],
  [umount2, 'flags', ['/nonexistent']],
  [unshare, 'flags', []],
  [open_tree, 'dirfd', [], ['/nonexistent']],
  [move_mount, 'from_dirfd', [], ['', AT_FDCWD, '/nonexistent']],
  [move_mount, 'to_dirfd', [AT_FDCWD, '/nonexistent'], ['/nonexistent']],
  [mount_setattr, 'dirfd', [], ['/nonexistent', 0, {}]],
  [mount_setattr, 'flags', [AT_FDCWD, '/nonexistent'], [{}]],
  [setns, 'fd', []],
  [setns, 'nstype', [0]],
  [mknod, 'mode', ['/nonexistent/x']],
  [mknod, 'major', ['/nonexistent/x', 0o600]],
  [mknod, 'minor', ['/nonexistent/x', 0o600, 1]],
  [flock, 'fd', [], [native.LOCK_UN]],
  [flock, 'operation', [99]],
  [native.ttyname, 'fd', []],
  [native.seccomp, 'operation', [], [0, new Uint8Array(8)]],
  [native.seccomp, 'flags', [native.SECCOMP_SET_MODE_FILTER], [new Uint8Array(8)]],
  [prctl, 'option', [], [1]],
  [prctl, 'value', [native.PR_SET_NO_NEW_PRIVS]],
]
test.each(numbers)('%o: %s is a whole number', (act, name, before, after = []) => {
  const call = (value: unknown) => any(act)(...before, value, ...after)
  const isOptional = ['nstype', 'major', 'minor'].includes(name) || act === mount || act === umount2
  for (const value of isOptional ? notNumbers.slice(1) : notNumbers)
    refused(() => call(value), TypeError, `${name} must be a number, not `)
  for (const value of notWhole) refused(() => call(value), RangeError, `${name} must be a whole`)
})

test.each<[words: string, act: () => unknown]>([
  ['major must be a whole number from 0 to 4095', () => mknod('/nonexistent/x', 0o600, 0x1000)],
  ['minor must be', () => mknod('/nonexistent/x', 0o600, 1, 0x100000)],
  ['mode must be', () => mknod('/nonexistent/x', 0o200000)],
  ['flags has unknown flags: 0x100', () => unshare(0x100)],
  ['flags has unknown flags: 0x80000000', () => unshare(0x80000000)],
  ['nstype has unknown flags', () => setns(0, native.CLONE_FS)],
  ['flags has unknown flags: 0x10', () => umount2('/nonexistent', 0x10)],
  ['operation must be a whole number from 1 to 1', () => seccomp(0, 0, new Uint8Array(8))],
  ['flags has unknown flags: 0x8', () => seccomp(1, 8, new Uint8Array(8))],
  ['flags has unknown flags: 0x2', () => open_tree(AT_FDCWD, '/nonexistent', 2)],
  ['flags has unknown flags: 0x1', () => move_mount(AT_FDCWD, 'a', AT_FDCWD, 'b', 1)],
  ['flags has unknown flags', () => mount_setattr(AT_FDCWD, '/nonexistent', 1, {})],
  ['attr_set has unknown', () => mount_setattr(AT_FDCWD, '/x', 0, { attr_set: 0x10 })],
  ['attr_clr has unknown', () => mount_setattr(AT_FDCWD, '/x', 0, { attr_clr: 0x10 })],
  ['propagation has', () => mount_setattr(AT_FDCWD, '/x', 0, { propagation: 1 })],
  ['operation has unknown flags', () => flock(99, 0x10)],
  ['option must be one of 24, 38, not 22', () => prctl(22, 1)],
])('%s', (words, act) => refused(act, RangeError, words))

test('seccomp: a program is 1 to 4096 whole instructions', () => {
  for (const program of [undefined, null, 'x'.repeat(8), [], {}, new DataView(new ArrayBuffer(8))])
    refused(() => any(seccomp)(1, 0, program), TypeError, 'program must be a Uint8Array')
  for (const size of [0, 1, 7, 9, 4096 * 8 + 1, 4097 * 8, 65537 * 8])
    refused(() => seccomp(1, 0, new Uint8Array(size)), RangeError, `not ${size} bytes`)
})

test('capset: each set is an array of capabilities', () => {
  const none = { effective: [], permitted: [], inheritable: [] }
  for (const name of Object.keys(none)) {
    for (const value of [...notNumbers.filter((other) => !Array.isArray(other)), 'CAP_KILL'])
      refused(() => any(capset)({ ...none, [name]: value }), TypeError, `${name} must be an array`)
    refused(() => any(capset)({ ...none, [name]: ['5'] }), TypeError, `${name}[0] must be a number`)
    const misspelt = [native.CAP_KILL, undefined]
    refused(
      () => any(capset)({ ...none, [name]: misspelt }),
      TypeError,
      `${name}[1] is undefined: no`,
    )
    for (const value of [...notWhole, 64])
      refused(() => any(capset)({ ...none, [name]: [5, value] }), RangeError, `${name}[1] must be`)
  }
})

const never = {
  beforeExec() {
    throw new Error('it was started')
  },
}

test.each<[name: string, start: (...args: unknown[]) => Promise<unknown>]>([
  ['spawn', async (file, args, env) => any(spawn)(file, args, { env, ...never })],
  ['execvp', async (file, args, env) => any(execvp)(file, args, env)],
  ['execve', async (file, args, env) => any(execve)(file, args, env)],
])('%s: arguments are strings, and so is the environment', async (_, start) => {
  for (const args of [null, 'x', 7, {}, [7], [null], [['a']], ['a', undefined], Array(2)])
    await expect(start('/nonexistent', args)).rejects.toThrow(/args.* must be /)
  await expect(start('/nonexistent', ['a\0b'])).rejects.toThrow('args[0] must not contain a NUL')
  for (const env of [null, 7, 'A=1', { A: 1 }, { A: null }, { PATH: 7 }, { A: {} }])
    await expect(start('nonexistent', [], env)).rejects.toThrow(/env.* must be /)
  await expect(start('/nonexistent', [], { A: 'a\0' })).rejects.toThrow(/env\.A .* NUL byte/)
  await expect(start('/nonexistent', [], { 'A\0': 'a' })).rejects.toThrow(/name in env .* NUL/)
})

test('spawn: file and cloneflags', async () => {
  for (const file of notStrings)
    await expect(any(spawn)(file, [], never)).rejects.toThrow('file must be a string')
  for (const cloneflags of ['1', null, {}])
    await expect(any(spawn)('true', [], { cloneflags, ...never })).rejects.toThrow(TypeError)
  // The lowest byte of clone's flags is a signal number, so CLONE_NEWTIME has no place there.
  for (const cloneflags of [-1, 0.5, 17, native.CLONE_NEWTIME, 0x100, 2 ** 32])
    await expect(spawn('true', [], { cloneflags, ...never })).rejects.toThrow(RangeError)
})

test.each([
  [{ beforeExec: 7 }, 'beforeExec must be a function, not number'],
  [{ beforeExec: Promise.resolve() }, 'beforeExec must be a function, not object'],
  [{ afterEnd: () => {} }, 'afterEnd must be an array of functions, not function'],
  [{ afterEnd: [undefined] }, 'afterEnd[0] must be a function, not undefined'],
])('spawn: %o is refused before there is a child', async (options, words) => {
  await expect(any(spawn)('/nonexistent', [], options)).rejects.toThrow(words)
})
