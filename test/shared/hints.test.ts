// Hints: what to do about an error whose errno misleads.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { hint } from '#shared/hints'
import { becomingReader } from '../harness/user'
import { isRoot, run, start } from '../native/program'

test.for([
  ['ENOSPC', 'clone', /max_\*_namespaces/],
  ['EINVAL', 'unshare', /threads/],
  ['EPERM', 'prctl', /CAP_SETPCAP.*--privileged/],
  ['EBUSY', 'mount', /findmnt/],
  ['EBUSY', 'umount2', /MNT_DETACH/],
  ['EBUSY', 'pivot_root', /the current root.*bind mount it on itself/],
  ['EINVAL', 'pivot_root', /must be a mount point/],
  ['ENOENT', 'chroot', /npm run rootfs/],
  ['ENOENT', 'realpath', /npm run rootfs/],
  ['EBUSY', 'write', /cgroup.*--cgroupns=host/],
  ['ENOENT', 'spawnSync nft', /nftables/],
  ['EINVAL', 'seccomp', /no valid filter: each way through it must end in an answer/],
] as const)('%s of %s', ([code, syscall, words]) => {
  expect(hint(code, syscall)).toMatch(words)
})

test('a file that the kernel made is read-only in a container', () => {
  expect(hint('EROFS', 'open', '/proc/sys/net/ipv4/conf/eth0/forwarding')).toMatch(/--privileged/)
  expect(hint('EROFS', 'mkdir', '/sys/fs/cgroup/container-5')).toMatch(/--privileged/)
  expect(hint('EROFS', 'open', '/etc/hosts')).toBeUndefined()
})

// A kernel that shows another root to one process.
test.skipIf(!isRoot)('pivot_root where / is the initramfs', async () => {
  const fake = `echo '1 1 0:2 / / rw - rootfs none rw' > /mnt/mountinfo`
  const show = `mount -t tmpfs none /mnt; ${fake}; mount --bind /mnt/mountinfo /proc/$$/mountinfo`
  const wrap = ['unshare', '--mount', '/bin/sh', '-ec', `${show}; exec "$@"`, 'sh']
  const words = ({ native }: Parameters<Parameters<typeof run>[0]>[0]) =>
    native.hint('EINVAL', 'pivot_root')
  expect((await run(words, undefined, { wrap })).value).toMatch(/^\/ is the initramfs.*switch_root/)
})

test('a missing source or target of mount is named', () => {
  expect(hint('ENOENT', 'mount', '/no/such', '/tmp')).toBe('there is no /no/such')
  expect(hint('ENOENT', 'mount', '/tmp', '/no/such')).toBe(
    'there is no /no/such to mount on: make the directory first',
  )
  expect(hint('ENOTDIR', 'mount', 'proc', '/a/file')).toBe('/a/file must be a directory')
  expect(hint('ELOOP', 'mount', 'proc', '/a/link')).toMatch(/^\/a\/link is a symbolic link/)
})

test('a target that only the root file system has', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rootfs-'))
  const place = path.join(folder, 'only/in/here')
  mkdirSync(place, { recursive: true })
  vi.stubEnv('ROOTFS', folder)
  try {
    expect(hint('ENOENT', 'mount', 'thing', '/only/in/here')).toMatch(/the root isn't changed yet/)
  } finally {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  }
})

test('a program that exists is not found if its interpreter is missing', () => {
  expect(hint('ENOENT', 'execve', '/etc/passwd')).toBe('its interpreter is missing')
})

test('an errno that says enough needs none', () => {
  expect(hint('ENOENT', 'mount', 'proc', '/tmp')).toBeUndefined()
  expect(hint('ENOENT', 'execve', '/no/such')).toBeUndefined()
  expect(hint('ENOENT', 'execve', 'sh')).toBeUndefined()
  expect(hint('ENOENT', 'open', '/etc/x')).toBeUndefined()
  expect(hint('ESRCH', 'setns')).toBeUndefined()
})

describe.skipIf(!isRoot).concurrent('EPERM', () => {
  const cases: [who: string, wrap: string[], words: RegExp][] = [
    ['an ordinary user', becomingReader(65534), /^this needs root: run it with sudo$/],
    [
      'root without CAP_SYS_ADMIN',
      ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'],
      /^root without CAP_SYS_ADMIN: in Docker, start with --privileged$/,
    ],
  ]
  test.for(cases)('of %s', async ([, wrap, words], { expect }) => {
    const { value } = await run(({ native }) => native.hint('EPERM', 'mount'), undefined, { wrap })
    expect(value).toMatch(words)
  })

  test('of root of a user namespace', async () => {
    const program = start(({ native, fs }) => {
      const code =
        "const { hint } = require('./steps/shared/hints.ts');" +
        "for (const path of [undefined, 'overlay']) console.log(hint('EPERM', 'mount', path))"
      return native.spawn(
        process.execPath,
        ['--require', './steps/shared/loader.cjs', '-e', code],
        {
          cloneflags: native.CLONE_NEWUSER,
          beforeExec(pid) {
            for (const kind of ['uid', 'gid'])
              fs.writeFileSync(`/proc/${pid}/${kind}_map`, '0 0 4294967294')
          },
        },
      )
    })
    expect(await program.end()).toBe(0)
    const [any, overlay] = program.stdout.split('\n')
    expect(any).toMatch(/AppArmor|^root of a user namespace is not root of the host/)
    expect(overlay).toMatch(/^a user namespace mounts overlays since Linux 5\.11: run step 13/)
  })
})
