// Each system call: what it does, and its errors. Each program has its own namespaces.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
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
        for (const name of ['a', 'b']) fs.mkdirSync(at(name), { recursive: true })
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

        const missing = failure(() => mount('proc', at('none'), 'proc'))
        const refused = ['link', 'link//'].map((name) =>
          failure(() => mount('x', at(name), 'tmpfs')),
        )
        const links = refused.map((error) => error?.code)
        return { made, bound, readOnly, shared, priv, file, busy, detached, missing, links }
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
      links: ['ELOOP', 'ELOOP'],
    })
    expect(value.priv).not.toContain('shared:')
    const target = (name: string) => path.join(scratch, 'mount', name)
    expect(value.busy).toMatchObject({
      message: `EBUSY: resource busy or locked, umount2 '${target('a')}'`,
      path: target('a'),
    })
    expect(value.missing).toEqual({
      name: 'SystemError',
      message: `ENOENT: no such file or directory, mount 'proc' -> '${target('none')}'`,
      errno: -2,
      code: 'ENOENT',
      syscall: 'mount',
      path: 'proc',
      dest: target('none'),
    })
  })

  test('open_tree, mount_setattr and move_mount', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        const { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY } = native
        const { mount, mount_setattr, move_mount, open_tree } = native
        const at = (name: string) => `${folder}/tree/${name}`
        for (const name of ['a', 'b']) fs.mkdirSync(at(name), { recursive: true })
        mount('thing', at('a'), 'tmpfs')
        fs.mkdirSync(at('a/sub'))
        mount('below', at('a/sub'), 'tmpfs')
        const opened = open_tree(AT_FDCWD, at('a'))
        const noCopy = failure(() => move_mount(opened, '', AT_FDCWD, at('b')))
        const tree = open_tree(AT_FDCWD, at('a'), native.OPEN_TREE_CLONE | AT_RECURSIVE)
        const flags = AT_EMPTY_PATH | AT_RECURSIVE
        mount_setattr(tree, '', flags, { attr_set: MOUNT_ATTR_RDONLY })
        const before = fs.readdirSync(at('b'))
        move_mount(tree, '', AT_FDCWD, at('b'), native.MOVE_MOUNT_F_EMPTY_PATH)
        const write = (name: string) => failure(() => fs.writeFileSync(at(name), ''))?.code ?? null
        const readOnly = [write('b/x'), write('b/sub/x'), write('a/x')]
        mount_setattr(AT_FDCWD, at('b'), 0, { attr_clr: MOUNT_ATTR_RDONLY })
        const cleared = [write('b/x'), write('b/sub/x')]
        const missing = failure(() => open_tree(AT_FDCWD, at('none')))
        const attributes = { attr_set: MOUNT_ATTR_RDONLY }
        const noMount = failure(() => mount_setattr(AT_FDCWD, at('none'), 0, attributes))
        return { noCopy, before, readOnly, cleared, missing, noMount }
      },
      scratch,
      ownMounts,
    )
    const none = path.join(scratch, 'tree', 'none')
    expect(value).toMatchObject({
      noCopy: { code: 'ENOENT', syscall: 'move_mount' },
      before: [],
      readOnly: ['EROFS', 'EROFS', null],
      cleared: [null, 'EROFS'],
      missing: { message: `ENOENT: no such file or directory, open_tree '${none}'` },
      noMount: { code: 'ENOENT', syscall: 'mount_setattr' },
    })
  })

  test('MOUNT_ATTR_IDMAP shows other owners and changes none', async () => {
    const { value } = await run(
      async ({ native, fs }, folder) => {
        const { AT_EMPTY_PATH, AT_FDCWD, MOUNT_ATTR_IDMAP } = native
        const at = (name: string) => `${folder}/idmap/${name}`
        for (const name of ['a', 'b']) fs.mkdirSync(at(name), { recursive: true })
        native.mount('thing', at('a'), 'tmpfs')
        fs.writeFileSync(at('a/file'), '')
        fs.chownSync(at('a/file'), 5, 6)
        const owner = (name: string) => [fs.statSync(at(name)).uid, fs.statSync(at(name)).gid]
        let seen: unknown
        await native.spawn('true', [], {
          cloneflags: native.CLONE_NEWUSER,
          beforeExec(pid) {
            for (const map of ['uid_map', 'gid_map'])
              fs.writeFileSync(`/proc/${pid}/${map}`, '0 100000 65536')
            const userns_fd = fs.openSync(`/proc/${pid}/ns/user`, 'r')
            const tree = native.open_tree(AT_FDCWD, at('a'), native.OPEN_TREE_CLONE)
            native.mount_setattr(tree, '', AT_EMPTY_PATH, { attr_set: MOUNT_ATTR_IDMAP, userns_fd })
            native.move_mount(tree, '', AT_FDCWD, at('b'), native.MOVE_MOUNT_F_EMPTY_PATH)
            seen = [owner('b/file'), owner('a/file')]
          },
        })
        return seen
      },
      scratch,
      ownMounts,
    )
    expect(value).toEqual([
      [100005, 100006],
      [5, 6],
    ])
  })

  test('chroot', async () => {
    const { value } = await run(({ native, fs, failure }, folder) => {
      fs.mkdirSync(`${folder}/chroot`)
      fs.writeFileSync(`${folder}/chroot/marker`, '')
      const error = failure(() => native.chroot('/no/such'))
      native.chroot(`${folder}/chroot`)
      return { error, seen: fs.readdirSync('/') }
    }, scratch)
    expect(value.seen).toEqual(['marker'])
    expect(value.error).toMatchObject({ code: 'ENOENT', syscall: 'chroot', path: '/no/such' })
  })

  test('pivot_root', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        const root = `${folder}/root`
        fs.mkdirSync(root)
        native.mount('new', root, 'tmpfs')
        fs.mkdirSync(`${root}/sub`)
        const noMount = failure(() => native.pivot_root(`${root}/sub`, root))
        fs.writeFileSync(`${root}/marker`, '')
        process.chdir(root)
        native.pivot_root('.', 'sub')
        native.umount2('/sub', native.MNT_DETACH)
        return { noMount, seen: fs.readdirSync('/') }
      },
      scratch,
      ownMounts,
    )
    const root = path.join(scratch, 'root')
    expect(value).toMatchObject({
      noMount: {
        code: 'EINVAL',
        message: `EINVAL: invalid argument, pivot_root '${root}/sub' -> '${root}'`,
        path: `${root}/sub`,
        dest: root,
      },
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
      native.unshare(Object.values(kinds).reduce((all, flag) => all | flag, 0))
      const changed = Object.keys(kinds).filter((kind, index) => id(kind) !== before[index])
      const wrongType = failure(() => native.setns(host, native.CLONE_NEWNET))
      native.setns(host, native.CLONE_NEWUTS)
      const back = id('uts') === before[0]
      native.unshare(native.CLONE_NEWUTS)
      native.setns(host)
      const again = id('uts') === before[0]
      const sharedRoot = failure(() => native.setns(mounts, native.CLONE_NEWNS))
      native.unshare(native.CLONE_FS)
      native.setns(mounts, native.CLONE_NEWNS)
      return { changed, wrongType, back, again, sharedRoot }
    })
    expect(value).toMatchObject({
      changed: ['uts', 'ipc', 'net', 'cgroup'],
      wrongType: { code: 'EINVAL', syscall: 'setns', message: 'EINVAL: invalid argument, setns' },
      back: true,
      again: true,
      sharedRoot: { code: 'EINVAL' },
    })
  })

  test('mknod makes a device with exactly this mode', async () => {
    const { value } = await run(
      ({ native, fs, failure }, folder) => {
        process.umask(0o077)
        const at = (name: string) => `${folder}/dev/${name}`
        fs.mkdirSync(`${folder}/dev`)
        native.mount('dev', `${folder}/dev`, 'tmpfs')
        native.mknod(at('null'), native.S_IFCHR | 0o666, 1, 3)
        native.mknod(at('disk'), native.S_IFBLK | 0o4640, 0xfff, 0xfffff)
        native.mknod(at('plain'), 0o600)
        fs.writeFileSync(at('null'), 'gone')
        const seen = ['null', 'disk', 'plain'].map((name) => {
          const { mode, rdev } = fs.statSync(at(name))
          return [mode.toString(8), rdev]
        })
        const again = failure(() => native.mknod(at('null'), native.S_IFCHR | 0o600, 1, 3))
        return { seen, read: fs.readFileSync(at('null'), 'utf8'), again }
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
    expect(value.again).toMatchObject({ syscall: 'mknod', path: `${scratch}/dev/null`, errno: -17 })
  })

  test('capset: what goes is gone, for the inheritable and the ambient set too', async () => {
    const { value } = await run(
      ({ native, status, failure }) => {
        const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']
        const now = () => sets.map((set) => BigInt(`0x${status('self', set)}`).toString(2))
        const { capset, CAP_CHOWN, CAP_KILL } = native
        const none = { effective: [], permitted: [], inheritable: [] }
        const before = now()
        capset({ ...none, permitted: [CAP_CHOWN, CAP_KILL], inheritable: [CAP_CHOWN] })
        const one = now()
        capset({ ...none, effective: [CAP_KILL], permitted: [CAP_KILL] })
        const two = now()
        const more = failure(() => capset({ ...none, permitted: [CAP_CHOWN] }))
        const notPermitted = failure(() => capset({ ...none, effective: [CAP_KILL] }))
        return { before, one, two, more, notPermitted }
      },
      undefined,
      { wrap: ['setpriv', '--inh-caps', '+chown,+kill', '--ambient-caps', '+chown,+kill'] },
    )
    expect(value.before[3]).toBe('100001')
    expect(value.one).toEqual(['1', '100001', '0', '1'])
    expect(value.two).toEqual(['0', '100000', '100000', '0'])
    const refused = { code: 'EPERM', message: 'EPERM: operation not permitted, capset' }
    expect(value).toMatchObject({ more: refused, notPermitted: refused })
  })

  test('capset: each of the capabilities has its number', async () => {
    const { value } = await run(({ native, status }) => {
      const known = Object.entries(native).filter(([name]) => name.startsWith('CAP_'))
      const all = known.map(([, number]) => Number(number))
      const permitted = all.filter(
        (number) => (BigInt(`0x${status('self', 'CapPrm')}`) >> BigInt(number)) & 1n,
      )
      return permitted.map((number) => {
        native.capset({ effective: [number], permitted, inheritable: [] })
        return [number, status('self', 'CapEff')]
      })
    })
    expect(value.length).toBeGreaterThan(30)
    for (const [number, set] of value)
      expect(set).toBe((1n << BigInt(number)).toString(16).padStart(16, '0'))
  })

  test('prctl: what a program gets back that root executes', async () => {
    const grep = (noNewPrivs: boolean) =>
      run(({ native, fs, failure }, noNewPrivs) => {
        const { capset, prctl, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS } = native
        prctl(PR_CAPBSET_DROP, native.CAP_KILL)
        if (noNewPrivs) prctl(PR_SET_NO_NEW_PRIVS, 1)
        const unknown = failure(() => prctl(PR_CAPBSET_DROP, 63))
        const back = failure(() => prctl(PR_SET_NO_NEW_PRIVS, 0))
        capset({ effective: [], permitted: [], inheritable: [] })
        const later = failure(() => prctl(PR_CAPBSET_DROP, native.CAP_CHOWN))
        const words = [unknown, back, later].map((error) => `${error?.message}\n`)
        fs.writeSync(1, words.join(''))
        native.execvp('grep', ['-E', '^(CapPrm|CapBnd|NoNewPrivs)', '/proc/self/status'])
      }, noNewPrivs)
    for (const noNewPrivs of [false, true]) {
      const { stdout } = await grep(noNewPrivs)
      const [unknown, back, later, permitted, bounding, flag] = stdout.split(/\n(?:\w+:\t)?/)
      expect([unknown, back]).toEqual(Array(2).fill('EINVAL: invalid argument, prctl'))
      expect(later).toBe('EPERM: operation not permitted, prctl')
      const set = BigInt(`0x${bounding}`)
      expect((set >> BigInt(native.CAP_KILL)) & 1n).toBe(0n)
      expect(set).toBeGreaterThan(0n)
      expect(BigInt(`0x${permitted}`)).toBe(noNewPrivs ? 0n : set)
      expect(flag).toBe(noNewPrivs ? '1' : '0')
    }
  })

  test('without privileges: EPERM', async () => {
    const { value } = await run(
      ({ native, failure }) => [
        failure(() => native.sethostname('x')),
        failure(() => native.unshare(native.CLONE_NEWUTS)),
        failure(() => native.mount('proc', '/proc', 'proc')),
      ],
      undefined,
      { wrap: becomingReader(65534) },
    )
    expect(value.map((error) => error?.message)).toEqual([
      "EPERM: operation not permitted, sethostname 'x'",
      'EPERM: operation not permitted, unshare',
      "EPERM: operation not permitted, mount 'proc' -> '/proc'",
    ])
  })
})

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
    return [held, failure(() => native.flock(900, native.LOCK_EX))]
  }, scratch)
  expect(value).toMatchObject([
    { syscall: 'flock', message: 'EAGAIN: resource temporarily unavailable, flock' },
    { code: 'EBADF' },
  ])
})

test('ttyname: the path of a terminal, or nothing', async () => {
  const program = start(({ native, say }) => say(native.ttyname(0)), undefined, { terminal: true })
  expect(await program.end()).toBe(0)
  expect(program.said).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/)])
  expect(native.ttyname(900)).toBeUndefined()
})

test('errors have the shape and the words of those of Node', () => {
  const short = new native.SystemError(-3, 'setns')
  expect(short.message).toBe('ESRCH: no such process, setns')
  expect('path' in short || 'dest' in short).toBe(false)
  expect(new native.SystemError(-4000, 'mount').code).toBe('E4000')
})
