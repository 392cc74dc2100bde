// Every function of native/ and steps/shared/: what the fuzz calls it with, and what it cleans up
// after a call.
import { constants as file, unlinkSync } from 'node:fs'
import fc from 'fast-check'
import * as native from '../all'
import * as checks from '#native/internal/arguments'
import { binding, type ChildHandle, constants } from '#native/internal/binding'
import { check } from '#native/internal/errors'
import * as value from './values'
import { documented, documentedAsync } from './verdict'

export interface Fuzzed {
  name: string
  /** Its share of the calls, in thousandths or so. */
  share: number
  args: fc.Arbitrary<unknown[]>
  call(...args: never[]): unknown
}

const {
  CLONE_NEWNET,
  CLONE_NEWPID,
  CLONE_NEWNS,
  CLONE_NEWUTS,
  CLONE_NEWIPC,
  CLONE_NEWUSER,
  CLONE_NEWCGROUP,
} = native
const NAMESPACES = [
  CLONE_NEWNET,
  CLONE_NEWPID,
  CLONE_NEWNS,
  CLONE_NEWUTS,
  CLONE_NEWIPC,
  CLONE_NEWUSER,
]
const MOUNT = Object.entries(constants)
  .filter(([name]) => name.startsWith('MS_'))
  .map(([, flag]) => flag)
const UMOUNT = [native.MNT_DETACH, native.UMOUNT_NOFOLLOW]

// File systems that belong to the mounting process's namespaces.
const fstype = fc.oneof(
  fc.constantFrom<unknown>('tmpfs', 'proc', 'sysfs', 'mqueue', 'devpts', 'ramfs', 'overlay', null),
  value.word,
)
const data = fc.oneof(
  fc.constantFrom<unknown>(
    'size=64k',
    'mode=9999',
    'size=-1',
    'newinstance',
    'lowerdir=/tree:/tree/a',
    null,
  ),
  value.word,
)
const kind = value.flags([
  native.S_IFCHR,
  native.S_IFBLK,
  file.S_IFIFO,
  file.S_IFSOCK,
  0o777,
  0o7000,
])
const program = fc.oneof(
  fc.constantFrom<unknown>(
    '/tree/broken',
    '/tree/lost',
    '/tree/file',
    '/tree',
    'true2',
    '/tree/loop',
    '',
  ),
  value.path,
)

// Calls a typed function, which may fail with errors of these system calls.
const face =
  (syscall: string, act: (...args: never[]) => unknown) =>
  (...args: never[]) =>
    documented(syscall.split(' '), () => act(...args))

// Many descriptors share one file, the kernel's anonymous one: a waiting lock would wait for ever.
const withoutWaiting = <T>(operation: T) =>
  (Number.isInteger(operation) ? (operation as number) | native.LOCK_NB : operation) as T

function unlock(fd: unknown): void {
  if (Number.isInteger(fd)) binding.flock(fd as number, native.LOCK_UN)
}

const put = {
  back: () => binding.chroot('.'),
  off: (target: string) => binding.umount2(target, native.MNT_DETACH),
}

const faceCalls: Fuzzed[] = [
  {
    name: 'sethostname',
    share: 40,
    args: fc.tuple(value.word),
    call: face('sethostname', native.sethostname),
  },
  {
    name: 'mount',
    share: 120,
    args: fc.tuple(value.optionalPath, value.path, fstype, value.flags(MOUNT), data),
    call: face('mount', (...args: Parameters<typeof native.mount>) => {
      native.mount(...args)
      put.off(args[1]) // mounts left behind would double with each recursive bind
    }),
  },
  {
    name: 'umount2',
    share: 60,
    args: fc.tuple(value.path, value.flags(UMOUNT)),
    call: face('umount2', native.umount2),
  },
  {
    name: 'chroot',
    share: 60,
    args: fc.tuple(value.path),
    call: face('chroot', (root: string) => {
      native.chroot(root)
      put.back() // the working directory is still the old root
    }),
  },
  {
    name: 'pivot_root',
    share: 60,
    args: fc.tuple(value.path, value.path),
    call: face('pivot_root', native.pivot_root),
  },
  {
    name: 'mknod',
    share: 60,
    args: fc.tuple(value.path, kind, value.small, value.small),
    call: face('mknod', (...args: Parameters<typeof native.mknod>) => {
      native.mknod(...args)
      unlinkSync(args[0]) // opening a FIFO would wait for its other end
    }),
  },
  {
    name: 'ttyname',
    share: 40,
    args: fc.tuple(value.descriptor),
    call: face('ttyname', native.ttyname),
  },
  {
    name: 'flock',
    share: 40,
    args: fc.tuple(value.descriptor, value.flags([1, 2, 8])),
    call: face('flock', (fd: number, operation: number) => {
      native.flock(fd, withoutWaiting(operation))
      unlock(fd)
    }),
  },
  {
    name: 'withLock',
    share: 20,
    args: fc.tuple(value.path),
    call: face('flock', (path: string) => native.withLock(path, () => undefined)),
  },
  {
    name: 'setns',
    share: 40,
    args: fc.tuple(value.descriptor, value.flags(NAMESPACES)),
    call: face('setns', native.setns),
  },
  {
    name: 'execvp',
    share: 30,
    args: fc.tuple(program, value.words, value.environment),
    call: face('execve', native.execvp),
  },
  {
    name: 'execve',
    share: 30,
    args: fc.tuple(program, value.words, value.environment),
    call: face('execve', native.execve),
  },
  // No network namespaces: the kernel takes a while to remove them.
  {
    name: 'unshare',
    share: 4,
    args: fc.tuple(
      value.flags([CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWCGROUP, native.CLONE_FS]),
    ),
    call: face('unshare', native.unshare),
  },
  { name: 'run', share: 4, args: fc.tuple(value.word, value.word), call: face('', native.run) },
]

/** Functions that make no system call. */
export const pureCalls: Fuzzed[] = [
  ...Object.entries(checks).map(([name, act]) => ({
    name: `arguments.${name}`,
    share: 8,
    args: fc.tuple(value.anything, fc.constant('name'), fc.constant(0), fc.constant(100)),
    call: face('', act as (...args: never[]) => unknown),
  })),
  {
    name: 'SystemError',
    share: 10,
    args: fc.tuple(fc.integer({ min: -5000, max: -1 }), value.text, value.text, value.text),
    call: (errno: number, ...rest: [string, string, string]) => {
      const error = new native.SystemError(errno, ...rest)
      if (!error.code || !error.message) throw new Error(`errno ${errno} has no name or text`)
    },
  },
  {
    name: 'check',
    share: 10,
    args: fc.tuple(fc.oneof(fc.integer(), value.anything)),
    call: (answer: unknown) => {
      const failed = typeof answer === 'number' && answer < 0
      try {
        if (!Object.is(check(answer, 'call'), answer) || failed) throw new Error('another answer')
      } catch (error) {
        if (!failed || !(error instanceof native.SystemError)) throw error
      }
    },
  },
  {
    name: 'hint',
    share: 10,
    args: fc.tuple(
      fc.oneof(fc.constantFrom('EPERM', 'ENOENT'), value.text),
      value.text,
      value.text,
      value.text,
    ),
    call: (...args: Parameters<typeof native.hint>) => {
      const found = native.hint(...args)
      if (found !== undefined && typeof found !== 'string')
        throw new Error(`a hint that isn't text: ${found}`)
    },
  },
  {
    name: 'reexec',
    share: 5,
    args: fc.tuple(fc.string(), fc.array(fc.string())),
    call: (verb: string, args: string[]) => {
      const [, , , ...rest] = native.reexec(verb, args)
      if (rest.join('\0') !== [verb, ...args].join('\0')) throw new Error('the words changed')
    },
  },
  {
    name: 'fail',
    share: 5,
    args: fc.tuple(value.text, value.text),
    call: face('', native.fail),
  },
  {
    name: 'usage',
    share: 5,
    args: fc.tuple(value.text),
    call: face('', native.usage),
  },
  {
    name: 'parse',
    share: 60,
    args: fc.tuple(
      fc.array(
        fc.oneof(
          fc.constantFrom('--memory', '--pids', '64M', '--memory=1G', '--', '-x', '0'),
          fc.string(),
        ),
      ),
      fc.array(fc.string()),
    ),
    call: parseKeepsItsWord,
  },
]

const known = { memory: ['256M', '32M'], pids: ['64', '16'] } satisfies Record<
  string,
  [string, string]
>

// Whatever the options are: usable numbers, and the command word for word.
function parseKeepsItsWord(options: string[], command: string[]): void {
  documented([], () => {
    const { options: numbers } = native.parse(options, known)
    if (!Object.values(numbers).every(Number.isFinite))
      throw new Error(`not numbers: ${JSON.stringify(numbers)}`)
  })
  const words = ['/bin/sh', ...command]
  const parsed = native.parse(['--memory', '64M', ...words], known)
  if (JSON.stringify(parsed.command) !== JSON.stringify(words)) throw new Error(`${parsed.command}`)
}

// Called directly, without the checks of the modules, the addon may throw any error.
const survives =
  (act: (...args: never[]) => unknown) =>
  (...args: never[]) => {
    try {
      return act(...args)
    } catch (error) {
      if (!(error instanceof Error)) throw error
    }
  }

// Arguments that chance must not choose: the call would end this process, or wait for ever.
const guarded: Record<string, (args: unknown[]) => unknown[]> = {
  flock: ([fd, operation]) => [
    fd,
    typeof operation === 'number' ? operation | native.LOCK_NB : operation,
  ],
  unshare: ([flags]) => [typeof flags === 'number' ? 0 : flags],
  startChild: ([paths, argv, envp, flags]) => [
    paths,
    argv,
    envp,
    typeof flags === 'number' ? flags & CLONE_NEWUTS : flags,
  ],
}

const putRight: Record<string, (answer: unknown, args: unknown[]) => void> = {
  chroot: put.back,
  flock: (_, [fd]) => unlock(fd),
  mknod: (answer, [path]) => {
    if (answer === 0) unlinkSync(path as string)
  },
  startChild: (answer) => {
    const { child } = answer as { child?: ChildHandle }
    if (!child) return
    binding.killChild(child)
    binding.forgetChild(child)
  },
}

function callRaw(name: string, args: unknown[]): void {
  const words = guarded[name] ? guarded[name](args) : args
  const call = binding[name as keyof typeof binding] as unknown as (...words: unknown[]) => unknown
  const answer = call(...words)
  putRight[name]?.(answer, words)
}

const rawCalls: Fuzzed[] = Object.keys(binding)
  .filter((name) => name !== 'constants')
  .map((name) => ({
    name: `binding.${name}`,
    share: 8,
    args: fc.array(
      fc.oneof(value.anything, value.path, value.descriptor, value.words, value.flags(MOUNT)),
      {
        maxLength: 6,
      },
    ),
    call: survives((...args: unknown[]) => callRaw(name, args)),
  }))

const beforeExec = fc.constantFrom<unknown>(
  undefined,
  () => undefined,
  async () => undefined,
  () => {
    throw new native.Failure('on purpose')
  },
  () => 'an answer',
)

const spawnCalls: Fuzzed[] = [
  {
    name: 'spawn',
    share: 8,
    args: fc.tuple(
      fc.oneof(fc.constant<unknown>('/bin/true'), program),
      value.words,
      fc.record({
        cloneflags: value.flags([...NAMESPACES, CLONE_NEWCGROUP]),
        env: value.environment,
        beforeExec,
      }),
    ),
    call: async (...args: Parameters<typeof native.spawn>) => {
      const status = await documentedAsync(['clone', 'execve', 'prctl'], () =>
        native.spawn(...args),
      )
      if (status !== undefined && !(Number(status) >= 0 && Number(status) < 256))
        throw new Error(`an exit status of ${status}`)
    },
  },
]

/** Functions that call the kernel: only in the world of world.ts. */
export const calls = [...faceCalls, ...rawCalls, ...spawnCalls]
