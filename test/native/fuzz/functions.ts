// Every function of native/ and of the addon: what the fuzz calls it with, and what it undoes after
// a call, and which errors are documented: any other error is a finding.
import { closeSync, constants as file, unlinkSync } from 'node:fs'
import fc from 'fast-check'
import * as native from '../all'
import { binding, type ChildHandle, constants } from '#native/internal/binding'
import * as value from './values'

export interface Fuzzed {
  name: string
  args: fc.Arbitrary<unknown[]>
  call(...args: never[]): unknown
  /** Takes long, so it gets fewer calls. */
  slow?: boolean
}

type Values = fc.Arbitrary<unknown>[]
type Undo = (...args: never[]) => unknown

const functions = { ...native }
const { CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWCGROUP, LOCK_NB } = native
const namespaces = [CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWCGROUP]
const named = (prefix: string) => Object.keys(constants).filter((name) => name.startsWith(prefix))
const flagsOf = (prefix: string) => value.flags(named(prefix).map((name) => constants[name]))

// File systems that belong to the mounting process's namespaces.
const fstype = value.oneOf('tmpfs', 'proc', 'sysfs', 'mqueue', 'devpts', 'ramfs', 'overlay', null)
const data = value.oneOf('size=64k', 'mode=9999', 'size=-1', 'lowerdir=/tree:/tree/a', null)
const kind = value.flags([native.S_IFCHR, native.S_IFBLK, file.S_IFIFO, file.S_IFSOCK, 0o7777])
const program = fc.oneof(value.oneOf('/tree/broken', '/tree/lost', 'true2', ''), value.path)

// No mount becomes read-only: the other calls would find little to do.
const directory = fc.oneof(fc.constant<unknown>(native.AT_FDCWD), value.small)
const atFlags = value.flags([native.AT_EMPTY_PATH, native.AT_RECURSIVE, native.OPEN_TREE_CLONE])
const attribute = value.flags([native.MOUNT_ATTR_NODEV, native.MOUNT_ATTR_IDMAP])
const attributes = fc.record({ attr_set: attribute, attr_clr: attribute, userns_fd: value.small })

// Filters: nothing, halves of instructions, too many, a jump out of the program, and two that allow
// everything. Chance makes none: it could be a valid one that kills.
const allow = native.assemble(native.answer(native.SECCOMP_RET_ALLOW))
const filter = value.oneOf(
  ...[0, 1, 7, 8, 9, 4096 * 8, 4097 * 8, 65537 * 8].map((size) => new Uint8Array(size)),
  native.assemble(native.load(native.NUMBER)),
  native.assemble(native.load(1000), native.answer(native.SECCOMP_RET_ALLOW)),
  native.assemble(native.unless(0, native.SECCOMP_RET_ALLOW)),
  native.assemble(native.load(native.ARCH), native.answer(native.SECCOMP_RET_ALLOW)),
  allow,
  allow.subarray(1),
)

// Many descriptors share one file, the kernel's anonymous one: a waiting lock would wait for ever.
const withoutWaiting = (operation: unknown) =>
  Number.isInteger(operation) ? (operation as number) | LOCK_NB : operation

const undo = {
  chroot: () => binding.chroot('.'), // the working directory is still the old root
  flock: (fd: unknown) => Number.isInteger(fd) && binding.flock(fd as number, native.LOCK_UN),
  mknod: unlinkSync, // opening a FIFO would wait for its other end
  // Mounts left behind would double with each recursive bind.
  mount: (_: unknown, target: string) => binding.umount2(target, native.MNT_DETACH),
}

// The words of native/internal/arguments.ts. A TypeError with other words is an accident.
const ours = /must be |must not |is longer than |has unknown flags|no capability is exported/

/** Calls a function that may return, or fail with a documented error. */
async function documented(syscalls: string[], act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (!isDocumented(error, syscalls)) throw error
  }
}

function isDocumented(error: unknown, syscalls: string[]): boolean {
  if (error instanceof native.SystemError) return isWellFormed(error, syscalls)
  if (error instanceof TypeError || error instanceof RangeError) return ours.test(error.message)
  return error instanceof value.Sabotage
}

function isWellFormed(
  { errno, code, syscall, message }: native.SystemError,
  syscalls: string[],
): boolean {
  return (
    Number.isInteger(errno) &&
    errno < 0 &&
    /^E[A-Z][A-Z0-9]+$/.test(code) &&
    syscalls.includes(syscall) &&
    message.startsWith(`${code}: `) &&
    !message.includes('unknown error')
  )
}

/** A function of native/, which may fail with the errors of its system call, or refuse. */
function typed(name: keyof typeof functions, values: Values, after?: Undo): Fuzzed {
  const act = functions[name] as (...args: never[]) => unknown
  const call = (...args: never[]) =>
    documented([name === 'execvp' ? 'execve' : name], () => {
      act(...args)
      after?.(...args)
    })
  return { name, args: fc.tuple(...values), call }
}

const typedCalls: Fuzzed[] = [
  typed('sethostname', [value.word]),
  typed('mount', [value.path, value.path, fstype, flagsOf('MS_'), data], undo.mount),
  typed('umount2', [value.path, value.flags([native.MNT_DETACH, native.UMOUNT_NOFOLLOW])]),
  {
    name: 'open_tree',
    args: fc.tuple(directory, value.path, atFlags),
    call: (...args: Parameters<typeof native.open_tree>) =>
      documented(['open_tree'], () => closeSync(native.open_tree(...args))),
  },
  typed('move_mount', [directory, value.path, directory, value.path, value.oneOf(0, 4)]),
  typed('mount_setattr', [directory, value.path, atFlags, attributes]),
  typed('chroot', [value.path], undo.chroot),
  typed('pivot_root', [value.path, value.path]),
  typed('mknod', [value.path, kind, value.small, value.small], undo.mknod),
  typed('ttyname', [value.small]),
  typed('flock', [value.small, flagsOf('LOCK_').map(withoutWaiting)], undo.flock),
  { ...typed('seccomp', [value.oneOf(1), value.oneOf(0), filter]), slow: true },
  typed('setns', [value.small, flagsOf('CLONE_NEW')]),
  typed('execvp', [program, value.words, value.environment]),
  typed('execve', [program, value.words, value.environment]),
  // No network namespaces: the kernel takes a while to remove them.
  { ...typed('unshare', [value.flags([...namespaces, native.CLONE_FS])]), slow: true },
]

const beforeExec = fc.constantFrom<unknown>(
  undefined,
  () => undefined,
  async () => undefined,
  () => {
    throw new value.Sabotage('on purpose')
  },
)

const spawnCalls: Fuzzed = {
  name: 'spawn',
  slow: true,
  args: fc.tuple(
    fc.oneof(fc.constant<unknown>('/bin/true'), program),
    value.words,
    fc.record({
      cloneflags: flagsOf('CLONE_NEW'),
      env: value.environment,
      beforeExec,
      executable: value.oneOf(undefined, '/bin/true'),
    }),
  ),
  call: async (...args: Parameters<typeof native.spawn>) => {
    const syscalls = ['clone', 'execve', 'setresuid', 'setresgid']
    const status = await documented(syscalls, () => native.spawn(...args))
    if (status !== undefined && !(Number(status) >= 0 && Number(status) < 256))
      throw new Error(`an exit status of ${status}`)
  },
}

// Arguments that chance must not choose: the call would end this process, or wait for ever.
const guarded: Record<string, (args: unknown[]) => unknown[]> = {
  flock: ([fd, operation]) => [fd, withoutWaiting(operation)],
  prctl: ([option, ...words]) => [
    typeof option === 'number' ? native.PR_CAPBSET_DROP : option,
    ...words,
  ],
  unshare: ([flags]) => [typeof flags === 'number' ? 0 : flags],
  startChild: ([paths, argv, envp, flags]) => [
    paths,
    argv,
    envp,
    typeof flags === 'number' ? flags & CLONE_NEWUTS : flags,
  ],
}

const undoRaw: Record<string, (answer: unknown, args: unknown[]) => unknown> = {
  chroot: undo.chroot,
  flock: (_, [fd]) => undo.flock(fd),
  mknod: (answer, [path]) => answer === 0 && undo.mknod(path as string),
  openTree: (answer) => Number(answer) >= 0 && closeSync(answer as number),
  startChild: (answer) => {
    const { child } = answer as { child?: ChildHandle }
    if (!child) return
    binding.killChild(child)
    binding.forgetChild(child)
  },
}

// Called directly, without the checks of the modules, the addon may throw any error.
function callRaw(name: string, args: unknown[]): void {
  const words = guarded[name]?.(args) ?? args
  const call = binding[name as keyof typeof binding] as unknown as (...words: unknown[]) => unknown
  try {
    const answer = call(...words)
    undoRaw[name]?.(answer, words)
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
}

const rawValue = fc.oneof(value.anything, value.path, value.small, value.words, flagsOf('MS_'))

const rawCalls: Fuzzed[] = Object.keys(binding)
  .filter((name) => typeof binding[name as keyof typeof binding] === 'function')
  .filter((name) => name !== 'exit') // it would end this process
  .map((name) => ({
    name: `binding.${name}`,
    args: fc.array(rawValue, { maxLength: 6 }),
    call: (...args: unknown[]) => callRaw(name, args),
  }))

// Nothing brings back what these give up, so they come last.
const capabilities = fc.array(value.small, { maxLength: 6 })
const lastCalls: Fuzzed[] = [
  typed('capset', [
    fc.record({ effective: capabilities, permitted: capabilities, inheritable: capabilities }),
  ]),
  typed('prctl', [value.flags([native.PR_CAPBSET_DROP, native.PR_SET_NO_NEW_PRIVS]), value.small]),
]
const isLast = ({ name }: Fuzzed) => ['binding.capset', 'binding.prctl'].includes(name)

export const calls = [
  ...typedCalls,
  ...rawCalls.filter((call) => !isLast(call)),
  spawnCalls,
  ...rawCalls.filter(isLast),
  ...lastCalls,
]
