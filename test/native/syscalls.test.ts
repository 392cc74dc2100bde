// Each system call: what it does, and its errors. Each program has its own namespaces.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { binding } from '#native/internal/binding'
import { becomingReader } from '../harness/user'
import * as native from './all'
import { isRoot, run, start } from './program'

const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const ownMounts = { wrap: ['unshare', '--mount', '--uts', '--propagation', 'private'] }

describe.skipIf(!isRoot).concurrent('as root', () => {
  test('sethostname', async () => {
    const { value } = await run(
      ({ native, fs }) => {
        const names = ['container', 'x'.repeat(64), 'ä'.repeat(32), '']
        return names.map((name) => {
          native.sethostname(name)
          return fs.readFileSync('/proc/sys/kernel/hostname', 'utf8').trim() === name
        })
      },
      undefined,
      ownMounts,
    )
    expect(value).toEqual([true, true, true, true])
  })

  test('mount and umount2', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        const { mount, umount2 } = native
        const at = (name: string) => `${folder}/mount/${name}`
        for (const name of ['a', 'b', 'c']) fs.mkdirSync(at(name), { recursive: true })
        fs.writeFileSync(at('file'), '')
        fs.symlinkSync('a', at('link'))
        const line = (name: string) =>
          fs
            .readFileSync('/proc/self/mountinfo', 'utf8')
            .split('\n')
            .findLast((text) => text.split(' ')[4] === at(name)) ?? ''

        mount('thing', at('a'), 'tmpfs', native.MS_NOSUID | native.MS_NODEV, 'size=64k,mode=700')
        const made = line('a')
        fs.writeFileSync(at('a/inside'), 'text')
        mount(at('a'), at('b'), null, native.MS_BIND)
        const bound = fs.readFileSync(at('b/inside'), 'utf8')
        mount(null, at('b'), null, native.MS_REMOUNT | native.MS_BIND | native.MS_RDONLY)
        const readOnly = failure(() => fs.writeFileSync(at('b/inside'), ''))?.code
        mount(null, at('b'), null, native.MS_SHARED)
        const shared = line('b')
        mount(null, at('b'), null, native.MS_PRIVATE | native.MS_REC)
        const priv = line('b')
        mount(at('a/inside'), at('file'), null, native.MS_BIND)
        const file = fs.readFileSync(at('file'), 'utf8')
        umount2(at('file'))
        const open = fs.openSync(at('a/inside'), 'r')
        const busy = failure(() => umount2(at('a')))
        umount2(at('a'), native.MNT_DETACH)
        const detached = [line('a'), fs.readFileSync(open, 'utf8')]
        umount2(at('b'), native.UMOUNT_NOFOLLOW)

        const mounted = failure(() => mount('again', at('c'), 'tmpfs'))
        umount2(at('c'))
        const errors = {
          'no target': failure(() => mount('proc', at('none'), 'proc')),
          'no source': failure(() => mount(at('none'), at('c'), null, native.MS_BIND)),
          'a file': failure(() => mount('proc', at('file'), 'proc')),
          'no such type': failure(() => mount('x', at('c'), 'nosuchfs')),
          'a bad option': failure(() => mount('x', at('c'), 'tmpfs', 0, 'nonsense=1')),
          'no mount point': failure(() => mount(null, at('c'), null, native.MS_PRIVATE)),
          'a link': failure(() => mount('x', at('link'), 'tmpfs')),
          'a link with a slash': failure(() => mount('x', `${at('link')}//`, 'tmpfs')),
          'not mounted': failure(() => umount2(at('c'))),
          'not there': failure(() => umount2(at('none'))),
        }
        return { made, bound, readOnly, shared, priv, file, busy, detached, mounted, errors }
      },
      scratch,
      ownMounts,
    )
    expect(value).toMatchObject({
      made: expect.stringMatching(/ rw,nosuid,nodev\S* - tmpfs thing rw,size=64k,mode=700/),
      bound: 'text',
      readOnly: 'EROFS',
      shared: expect.stringContaining(' shared:'),
      file: 'text',
      detached: ['', 'text'],
      mounted: null,
    })
    expect(value.priv).not.toContain('shared:')
    const target = (name: string) => path.join(scratch, 'mount', name)
    expect(value.busy).toEqual({
      name: 'SystemError',
      message: `EBUSY: resource busy or locked, umount2 '${target('a')}'`,
      errno: -16,
      code: 'EBUSY',
      syscall: 'umount2',
      path: target('a'),
    })
    expect(value.errors['no target']).toEqual({
      name: 'SystemError',
      message: `ENOENT: no such file or directory, mount 'proc' -> '${target('none')}'`,
      errno: -2,
      code: 'ENOENT',
      syscall: 'mount',
      path: 'proc',
      dest: target('none'),
    })
    expect(Object.entries(value.errors).map(([name, error]) => [name, error?.code])).toEqual([
      ['no target', 'ENOENT'],
      ['no source', 'ENOENT'],
      ['a file', 'ENOTDIR'],
      ['no such type', 'ENODEV'],
      ['a bad option', 'EINVAL'],
      ['no mount point', 'EINVAL'],
      ['a link', 'ELOOP'],
      ['a link with a slash', 'ELOOP'],
      ['not mounted', 'EINVAL'],
      ['not there', 'ENOENT'],
    ])
  })

  test('chroot', async () => {
    const { value } = await run(({ native, fs, failure }, folder) => {
      fs.mkdirSync(`${folder}/chroot`)
      fs.writeFileSync(`${folder}/chroot/marker`, '')
      const errors = [
        failure(() => native.chroot('/no/such')),
        failure(() => native.chroot('/etc/passwd')),
      ]
      native.chroot(`${folder}/chroot`)
      return { errors, seen: fs.readdirSync('/') }
    }, scratch)
    expect(value.seen).toEqual(['marker'])
    expect(value.errors).toMatchObject([
      {
        code: 'ENOENT',
        syscall: 'chroot',
        path: '/no/such',
      },
      { code: 'ENOTDIR', syscall: 'chroot', path: '/etc/passwd' },
    ])
  })

  test('pivot_root', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        const root = `${folder}/root`
        fs.mkdirSync(root)
        const onRoot = failure(() => native.pivot_root(root, root))
        native.mount('new', root, 'tmpfs')
        fs.mkdirSync(`${root}/sub`)
        const noMount = failure(() => native.pivot_root(`${root}/sub`, `${root}/sub`))
        fs.writeFileSync(`${root}/marker`, '')
        const notThere = failure(() => native.pivot_root(root, `${root}/none`))
        const notBelow = failure(() => native.pivot_root(root, '/etc'))
        const notDirectory = failure(() => native.pivot_root(root, `${root}/marker`))
        const same = failure(() => native.pivot_root('/', '/'))
        process.chdir(root)
        native.pivot_root('.', '.')
        native.umount2('.', native.MNT_DETACH)
        process.chdir('/')
        return {
          onRoot,
          noMount,
          notThere,
          notBelow,
          notDirectory,
          same,
          seen: fs.readdirSync('/'),
        }
      },
      scratch,
      ownMounts,
    )
    const root = path.join(scratch, 'root')
    expect(value).toMatchObject({
      onRoot: { code: 'EBUSY' },
      noMount: {
        code: 'EINVAL',
        errno: -22,
        message: `EINVAL: invalid argument, pivot_root '${root}/sub' -> '${root}/sub'`,
        path: `${root}/sub`,
        dest: `${root}/sub`,
      },
      notThere: { code: 'ENOENT', dest: `${root}/none` },
      notBelow: { code: 'EBUSY' },
      notDirectory: { code: 'ENOTDIR' },
      same: { code: 'EBUSY' },
      seen: ['marker', 'sub'],
    })
  })

  test('unshare and setns', async () => {
    const { value } = await run(({ native, fs, failure }) => {
      const id = (kind: string) => fs.readlinkSync(`/proc/thread-self/ns/${kind}`)
      const kinds = {
        uts: native.CLONE_NEWUTS,
        ipc: native.CLONE_NEWIPC,
        net: native.CLONE_NEWNET,
        cgroup: native.CLONE_NEWCGROUP,
      }
      const before = Object.keys(kinds).map(id)
      const host = fs.openSync('/proc/thread-self/ns/uts', 'r')
      const mounts = fs.openSync('/proc/thread-self/ns/mnt', 'r')
      const user = fs.openSync('/proc/thread-self/ns/user', 'r')
      native.unshare(Object.values(kinds).reduce((all, flag) => all | flag, 0))
      const changed = Object.keys(kinds).filter((kind, index) => id(kind) !== before[index])
      const wrongType = failure(() => native.setns(host, native.CLONE_NEWNET))
      native.setns(host, native.CLONE_NEWUTS)
      const back = id('uts') === before[0]
      native.unshare(native.CLONE_NEWUTS)
      native.setns(host)
      const again = id('uts') === before[0]
      const noNamespace = failure(() => native.setns(0))
      const closed = failure(() => native.setns(900))
      const threads = failure(() => native.unshare(native.CLONE_NEWUSER))
      const threadsToo = failure(() => native.setns(user, native.CLONE_NEWUSER))
      const sharedRoot = failure(() => native.setns(mounts, native.CLONE_NEWNS))
      native.unshare(native.CLONE_FS)
      native.setns(mounts, native.CLONE_NEWNS)
      native.unshare(0)
      return {
        changed,
        wrongType,
        back,
        again,
        noNamespace,
        closed,
        threads,
        threadsToo,
        sharedRoot,
      }
    })
    expect(value).toMatchObject({
      changed: ['uts', 'ipc', 'net', 'cgroup'],
      wrongType: { code: 'EINVAL', syscall: 'setns', message: 'EINVAL: invalid argument, setns' },
      back: true,
      again: true,
      noNamespace: {
        code: 'EINVAL',
      },
      closed: { code: 'EBADF' },
      threads: { code: 'EINVAL', syscall: 'unshare' },
      threadsToo: { code: 'EINVAL' },
      sharedRoot: { code: 'EINVAL' },
    })
  })

  test('mknod makes a device with exactly this mode', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        process.umask(0o077)
        const at = (name: string) => `${folder}/dev/${name}`
        fs.mkdirSync(`${folder}/dev`)
        native.mount('dev', `${folder}/dev`, 'tmpfs', 0, 'nr_inodes=8')
        native.mknod(at('null'), native.S_IFCHR | 0o666, 1, 3)
        native.mknod(at('disk'), native.S_IFBLK | 0o4640, 0xfff, 0xfffff)
        native.mknod(at('plain'), 0o600)
        fs.writeFileSync(at('null'), 'gone')
        const seen = ['null', 'disk', 'plain'].map((name) => {
          const { mode, rdev } = fs.statSync(at(name))
          return [mode.toString(8), rdev]
        })
        const errors = [
          failure(() => native.mknod(at('null'), native.S_IFCHR | 0o600, 1, 3)),
          failure(() => native.mknod(at('none/x'), 0o600)),
          failure(() => native.mknod(at('plain/x'), 0o600)),
        ]
        let full: ReturnType<typeof failure> = null
        for (let i = 0; i < 10 && !full; i++) full = failure(() => native.mknod(at(`f${i}`), 0o600))
        return {
          seen,
          read: fs.readFileSync(at('null'), 'utf8'),
          errors: [...errors, full].map((e) => e?.code),
          first: errors[0],
        }
      },
      scratch,
      ownMounts,
    )
    expect(value.seen).toEqual([
      ['20666', (1 << 8) | 3],
      ['64640', Number((0xfffn << 8n) | 0xffn | (0xfff00n << 12n))],
      ['100600', 0],
    ])
    expect(value.read).toBe('')
    expect(value.errors).toEqual(['EEXIST', 'ENOENT', 'ENOTDIR', 'ENOSPC'])
    expect(value.first).toMatchObject({ syscall: 'mknod', path: `${scratch}/dev/null`, errno: -17 })
  })

  test('without privileges: EPERM', async () => {
    const { value } = await run(
      ({ native, failure }) => [
        failure(() => native.sethostname('x')),
        failure(() => native.mount('proc', '/proc', 'proc')),
        failure(() => native.umount2('/proc')),
        failure(() => native.chroot('/')),
        failure(() => native.pivot_root('/', '/')),
        failure(() => native.unshare(native.CLONE_NEWUTS)),
        failure(() => native.mknod('/tmp/native-test-device', native.S_IFCHR | 0o600, 1, 3)),
      ],
      undefined,
      { wrap: becomingReader(65534) },
    )
    const calls = ['sethostname', 'mount', 'umount2', 'chroot', 'pivot_root', 'unshare', 'mknod']
    expect(value.map((error) => [error?.syscall, error?.code, error?.errno])).toEqual(
      calls.map((name) => [name, 'EPERM', -1]),
    )
    expect(value[1]?.message).toBe("EPERM: operation not permitted, mount 'proc' -> '/proc'")
  })
})

describe.concurrent('as any user', () => {
  test('flock', async () => {
    const { value } = await run(({ native, fs, failure }, folder) => {
      const [one, two] = [0, 1].map(() => fs.openSync(`${folder}/lock`, 'w'))
      native.flock(one, native.LOCK_EX)
      const held = failure(() => native.flock(two, native.LOCK_EX | native.LOCK_NB))
      native.flock(one, native.LOCK_SH)
      native.flock(two, native.LOCK_SH | native.LOCK_NB)
      native.flock(two, native.LOCK_UN)
      fs.closeSync(one)
      native.flock(two, native.LOCK_EX | native.LOCK_NB)
      return [
        held,
        failure(() => native.flock(900, native.LOCK_EX)),
        failure(() => native.flock(two, 0)),
      ]
    }, scratch)
    expect(value).toMatchObject([
      {
        code: 'EAGAIN',
        syscall: 'flock',
        message: 'EAGAIN: resource temporarily unavailable, flock',
      },
      { code: 'EBADF' },
      { code: 'EINVAL' },
    ])
  })
})

test('mount without a target is left to the kernel', () => {
  expect(binding.mount(null, null, null, 0, null)).toBe(-constants.errno.EFAULT)
})

test('ttyname: the path of a terminal, or nothing', async () => {
  const program = start(({ native, say }) => say(native.ttyname(0)), undefined, { terminal: true })
  expect(await program.end()).toBe(0)
  expect(program.said).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/)])
  const none = openSync('/dev/null', 'r')
  expect(native.ttyname(none)).toBeUndefined()
  closeSync(none)
  expect(() => native.ttyname(-1)).toThrow(RangeError)
})

test('errors have the shape and the words of those of Node', () => {
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
  const short = new native.SystemError(-3, 'setns')
  expect(short.message).toBe('ESRCH: no such process, setns')
  expect('path' in short || 'dest' in short).toBe(false)
  expect(new native.SystemError(-4000, 'mount').code).toBe('E4000')
})
