// The root file system of one busybox, and the command that makes it.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isStatic } from '../../rootfs/busybox'
import { ensureRootfs } from '../../rootfs/ensure'
import { at, cli, exists, expectWhole, failure, isRoot, list, usePlace, withTmpfs } from './place'

usePlace()

const make = (options = {}) => ensureRootfs('busybox', { directory: at('out'), ...options })
const busybox = (...names: string[]) => at('out/busybox', ...names)

describe('busybox', () => {
  it('is made, with the same modes under any umask, and found there the second time', async () => {
    const umask = process.umask(0o077)
    try {
      expect(await make()).toEqual({ path: busybox(), made: true, notes: [] })
    } finally {
      process.umask(umask)
    }
    expectWhole(busybox())
    expect(isStatic(busybox('bin/busybox'))).toBe(true)
    expect(fs.readlinkSync(busybox('usr/bin/env'))).toBe('../../bin/busybox')
    expect(fs.readFileSync(busybox('etc/os-release'), 'utf8')).toMatch(/^VERSION_ID=\d+\.\d+/m)
    const mode = (name: string) => fs.statSync(busybox(name)).mode & 0o7777
    const names = ['etc/passwd', 'etc/resolv.conf', 'usr/bin', '', 'var/tmp', 'proc']
    expect(names.map(mode)).toEqual([0o644, 0o644, 0o755, 0o755, 0o1777, 0o555])
    expect(await make()).toEqual({ path: busybox(), made: false, notes: [] })
    expect(list('out')).toEqual(['busybox'])
  })

  it.runIf(isRoot)('keeps no history of an interactive shell', async () => {
    await make()
    const before = execFileSync('find', [busybox(), '-ls'])
    const shell = `chroot ${busybox()} /usr/bin/env -i HOME=/root TERM=xterm /bin/sh -i`
    const { stdout } = spawnSync('script', ['-qec', shell, '/dev/null'], {
      input: 'echo a$((40+2))b\nexit\n',
      encoding: 'utf8',
    })
    expect(stdout).toContain('a42b')
    expect(execFileSync('find', [busybox(), '-ls']).equals(before)).toBe(true)
  })

  it.runIf(isRoot)('says in one sentence that the disk is full, and leaves nothing', async () => {
    await withTmpfs(at('out'), async () => {
      expect(await failure(make())).toMatch(
        /^Cannot .*no space left on device \(ENOSPC\)\. Free some space.*$/,
      )
      expect(list('out')).toEqual([])
    })
  })

  it('only takes a static program of this machine', () => {
    for (const file of [process.execPath, __filename, '/nowhere', '/usr'])
      expect(isStatic(file), file).toBe(false)
  })
})

describe('the command', () => {
  it('makes busybox by default and says so, then that there is nothing to do', () => {
    const made = expect.stringMatching(/^Made .*busybox\n$/)
    expect(cli([])).toEqual({ status: 0, stderr: '', stdout: made })
    expect(cli([])).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to do') })
  })

  it.each([
    [['busybox', 'more'], /one argument too many/],
    [['tarball'], /needs the path/],
    [['--nonsense'], /nonsense/],
  ])('%j is wrong usage', (args, message) => {
    const { status, stderr } = cli(args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).toContain('usage: npm run rootfs')
    expect(exists(at('out'))).toBe(false)
  })

  it.each(['../x', '.hidden', ''])('%j cannot be a name', async (name) => {
    expect(await failure(make({ name }))).toMatch(/cannot be the name/)
  })
})
