import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ensureRootfs } from '../../rootfs/ensure'
import type { EnsureOptions } from '../../rootfs/work'
import { find } from '../../tools/setup/programs.mjs'
import { Started } from '../harness/started'
import { until } from '../harness/waiting'
import { device, file, folder, hardLink, link, tar } from './archive'
import {
  asUser,
  at,
  COMMAND,
  exists,
  expectWhole,
  failure,
  isRoot,
  list,
  usePlace,
  withPrograms,
  withTmpfs,
} from './place'

usePlace()

type Entries = Parameters<typeof tar>[0]

function archive(content: Entries | Buffer, name = 'box.tar'): string {
  fs.writeFileSync(at(name), Buffer.isBuffer(content) ? content : tar(content))
  return at(name)
}

const make = (tarball: string, options: EnsureOptions = {}) =>
  ensureRootfs('tarball', { directory: at('out'), tarball, ...options })
const box = (...names: string[]) => at('out/box', ...names)
const NO_SHELL = expect.stringMatching(/^There's no \/bin\/sh in it/)
const read = (name: string) => fs.readFileSync(box(name), 'utf8')

describe('a tarball', () => {
  it('is unpacked with its links, modes, times and directories', async () => {
    const tarball = archive([
      folder('./'),
      folder('bin/', 0o555),
      file('bin/tool', 'x'.repeat(70_000), 0o750),
      hardLink('bin/hard', 'bin/tool'),
      link('bin/absolute', '/bin/tool'),
      link('bin/up', '../../../bin/tool'),
      link('usr/bin', '../bin'),
      hardLink('bin/linked', 'usr/bin'),
      device('dev/null'),
      link('etc/resolv.conf', '/run/resolv.conf'),
      link('run', '/var/run'),
      file('etc/empty'),
      file('etc/twice', 'first'),
      file('/etc/twice', 'second'),
    ])
    const { path: root, notes } = await make(tarball)
    expect(root).toBe(box())
    expectWhole(root)
    expect(notes).toContain('Left out device files and FIFOs (1): a container gets its own /dev.')
    const stat = (name: string) => fs.lstatSync(box(name))
    expect(stat('bin/tool')).toMatchObject({ size: 70_000, mode: 0o100750, mtimeMs: 1e12 })
    expect(stat('bin').mode & 0o777).toBe(isRoot ? 0o555 : 0o755)
    expect(stat('bin/hard').ino).toBe(stat('bin/tool').ino)
    const links = ['bin/absolute', 'bin/up', 'bin/linked'].map((name) => fs.readlinkSync(box(name)))
    expect(links).toEqual(['/bin/tool', '../../../bin/tool', '../bin'])
    expect(exists(box('dev/null'))).toBe(false)
    expect(read('etc/twice')).toBe('second')
  })

  it('fills a directory that an ordinary user may not write to', async () => {
    await make(archive([folder('a/', 0o555), folder('b/'), file('a/b/c', 'late')]))
    expect(read('a/b/c')).toBe('late')
  })

  it.each([
    ['gzip', 'tar.gz'],
    ['bzip2', 'tar.bz2'],
    ['xz', 'txz'],
    ['zstd', 'tar.zst'],
  ])('can be compressed by %s', async (program, ending) => {
    if (!find(program)) return console.log(`rootfs: no ${program} here, so .${ending} is not tried`)
    const packed = execFileSync(program, ['-c'], { input: tar([file('etc/a', 'a')]) })
    await make(archive(packed, `box.${ending}`))
    expect(read('etc/a')).toBe('a')
  })

  it.each(['gnu', 'pax'])(
    'can have files with holes, as %s archives store them',
    async (format) => {
      fs.mkdirSync(at('holes/etc'), { recursive: true })
      fs.writeFileSync(at('holes/etc/a'), 'begin')
      fs.truncateSync(at('holes/etc/a'), 300_000)
      fs.appendFileSync(at('holes/etc/a'), 'end')
      const content = fs.readFileSync(at('holes/etc/a'))
      const args = ['--create', '--sparse', `--format=${format}`]
      execFileSync('tar', [...args, '--file', at('box.tar'), '-C', at('holes'), 'etc'])
      expect(fs.statSync(at('box.tar')).size).toBeLessThan(100_000)
      await make(at('box.tar'))
      expect(fs.readFileSync(box('etc/a')).equals(content)).toBe(true)
    },
  )

  it('can have names and attributes of every kind', async () => {
    fs.mkdirSync(at('odd/etc'), { recursive: true })
    const names = ['new\nline', 'Grüße', `long-${'x'.repeat(200)}`, ' ', '-rf', 'a -> b', 'x: y']
    for (const name of names) fs.writeFileSync(at('odd/etc', name), name)
    fs.writeFileSync(Buffer.concat([Buffer.from(at('odd/etc/')), Buffer.from([0xff])]), '')
    const pax = ['--format=pax', '--pax-option=SCHILY.xattr.user.some:=thing']
    execFileSync('tar', ['--create', ...pax, '--file', at('box.tar'), '-C', at('odd'), 'etc'])
    await make(at('box.tar'))
    for (const name of names) expect(read(`etc/${name}`)).toBe(name)
    expect(fs.readdirSync(box('etc')).length).toBe(names.length + 2)
  })

  it('can have its root in a directory', async () => {
    const own = [file('root.x86_64/bin/sh', 'sh', 0o755), link('root.x86_64/etc/a', '/b')]
    const { notes } = await make(archive([file('pkglist.txt', 'x'), folder('empty/'), ...own]))
    expect(notes).toContain('Its root is root.x86_64 in the archive.')
    expect(fs.readlinkSync(box('etc/a'))).toBe('/b')
    expect(exists(box('pkglist.txt'))).toBe(false)
    expectWhole(box())
    expect(list('out')).toEqual(['box'])
  })

  it('is made, and said to be of no use here, without a shell for this machine', async () => {
    const elf = (machine: number) => {
      const header = fs.readFileSync(at('node')).subarray(0, 64)
      header.writeUInt16LE(machine, 18)
      return file('bin/sh', header, 0o755)
    }
    fs.copyFileSync('/proc/self/exe', at('node'))
    const notes = async (...content: Entries) =>
      (await make(archive(content), { force: true })).notes.at(-1)
    expect(await notes(file('etc/a'))).toEqual(NO_SHELL)
    expect(await notes(link('bin/sh', 'sh'))).toEqual(NO_SHELL)
    expect(await notes(elf(22))).toMatch(/^Its programs are for s390x, and this machine is/)
    expect(await notes(file('bin/sh', '#!/bin/bash', 0o755), file('etc/b'))).toBeUndefined()
    const dynamic = file('usr/bin/dash', fs.readFileSync('/bin/ls'), 0o755)
    expect(await notes(link('bin', 'usr/bin'), link('usr/bin/sh', 'dash'), dynamic)).toMatch(
      /^Its \/bin\/sh can't start: it needs \/lib.*, which isn't in it/,
    )
  })

  it('has a root that all its users may enter', async () => {
    await make(archive([folder('./', 0o700), file('etc/a')]))
    expect(fs.statSync(box()).mode & 0o777).toBe(0o755)
  })

  it.runIf(isRoot)('keeps set-user-ID bits and capabilities where nobody else gets', async () => {
    fs.mkdirSync(at('caps/bin'), { recursive: true })
    fs.writeFileSync(at('caps/bin/su'), 'su', { mode: 0o755 })
    fs.chmodSync(at('caps/bin/su'), 0o4755)
    fs.writeFileSync(at('caps/bin/ping'), 'ping', { mode: 0o755 })
    if (find('setcap')) execFileSync('setcap', ['cap_net_raw+ep', at('caps/bin/ping')])
    else console.log('rootfs: no setcap here, so file capabilities are not tried')
    const pax = ['--format=pax', '--xattrs', '--xattrs-include=*']
    execFileSync('tar', ['--create', ...pax, '--file', at('box.tar'), '-C', at('caps'), 'bin'])
    const seen = () =>
      find('getcap') ? execFileSync('getcap', [box('bin/ping')], { encoding: 'utf8' }) : ''
    const had = find('getcap') && find('setcap') ? 'cap_net_raw=ep' : ''
    await make(at('box.tar'))
    expect(fs.statSync(box('bin/su')).mode & 0o7777).toBe(0o4755)
    expect(seen()).toContain(had)
    fs.chmodSync(at(), 0o755)
    const { notes } = await make(at('box.tar'), { force: true })
    expect(notes).toContainEqual(expect.stringMatching(/^Took away .* su and sudo .*chmod 700/))
    if (had) expect(notes).toContainEqual(expect.stringMatching(/^Left out file capabilities: /))
    expect(fs.statSync(box('bin/su')).mode & 0o7777).toBe(0o755)
    expect(seen()).toBe('')
  })

  it.runIf(isRoot)('keeps its owners, unless an ordinary user unpacks it', async () => {
    const tarball = archive([
      folder('etc/', 0o755, 12),
      file('bin/x', 'x', 0o4755),
      device('dev/a'),
    ])
    await make(tarball)
    expect(fs.statSync(box('etc'))).toMatchObject({ uid: 12, gid: 12 })
    const { notes } = await asUser(() => make(tarball, { name: 'mine' }))
    expect(notes).toEqual([
      'All of its files belong to you and have no capabilities: only root can give them those.',
      'Left out device files and FIFOs (1): a container gets its own /dev.',
      expect.stringMatching(/^Took away set-user-ID .* \(1\), as every user/),
      NO_SHELL,
    ])
    expect(fs.statSync(at('out/mine/bin/x'))).toMatchObject({ uid: 65534, mode: 0o100755 })
    expect(fs.statSync(at('out/mine/etc'))).toMatchObject({ uid: 65534, gid: 65534 })
  })
})

describe('a tarball is refused', () => {
  const mbr = Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa])])
  const sparseOfStar = { ...file('x', '30 SCHILY.realsize=1000000000\n'), type: 'x' }
  const way = link('way', 'OUTSIDE')
  const cases: [what: string, entries: Entries, reason: RegExp][] = [
    ["with '..' in a name", [file('../escaped', 'x')], /leads outside/],
    ['if a name would steer the terminal', [file('../\x1b[2J\x7f\u202e', 'x')], /leads outside/],
    ['with a file through a link', [way, file('way/escaped', 'x')], /way\/escaped: Cannot open/],
    ["with '..' in a hard link", [hardLink('a', '../victim')], /Cannot hard link to 'victim'/],
    ['with a hard link out of it', [hardLink('a', 'OUTSIDE/victim')], /Cannot hard link/],
    [
      'with a hard link through a link',
      [way, hardLink('a', 'way/victim')],
      /way\/victim: Cannot stat/,
    ],
    ['with a link in place of the root', [link('./', '/')], /Cannot open|Cannot create/],
    ['with a file of an unknown kind', [{ ...file('a'), type: 'Z' }], /Unknown file type 'Z'/],
    [
      'if tar would keep a link, not the file after it',
      [link('a', '/b'), file('c'), file('./a', 'new')],
      /two entries for a -> \/b/,
    ],
    ['with an /etc that is a link', [link('etc', 'OUTSIDE')], /\/etc is not a directory/],
    [
      'with a /proc that is a file',
      [file('proc', 'x'), file('etc/a')],
      /\/proc is not a directory/,
    ],
    ['with nothing in it', [], /there is nothing in it/],
    ['as a layer of an image', [file('etc/.wh.a'), file('etc/b')], /one layer .* deletes etc/],
    ['with a holed file that star made', [sparseOfStar, file('etc/a')], /SCHILY\.realsize/],
    ['with a disk image alone', [file('disk.raw', mbr)], /"disk\.raw", which is the image of a/],
    ['with a file that turns the line round', [file('\u202e')], /"\\u202e", which is empty/],
    ['with an archive alone', [file('a.tar', tar([file('b')]))], /holds another archive, "a\.tar"/],
    [
      'with two root file systems',
      [file('a/bin/sh', 'sh', 0o755), file('b/bin/sh', 'sh', 0o755)],
      /has several root file systems: "a", "b"/,
    ],
    [
      'with two whose names write to the terminal',
      [file('a\x9b/bin/sh', 'sh', 0o755), file('b\u202e/bin/sh', 'sh', 0o755)],
      /has several root file systems: "a\\u009b", "b\\u202e"/,
    ],
    ['as an OCI image', [file('oci-layout', '{}'), file('index.json')], /podman pull oci-archive/],
    [
      'as an image of docker save',
      [file('manifest.json', '[]')],
      /docker load .*; docker export -o NAME\.tar/,
    ],
  ]

  it.each(cases)('%s', async (_, entries, reason) => {
    fs.mkdirSync(at('outside'))
    for (const name of ['victim', 'outside/victim']) fs.writeFileSync(at(name), 'unharmed')
    const aimed = entries.map((entry) => ({
      ...entry,
      link: entry.link.replace('OUTSIDE', at('outside')),
    }))
    const text = await failure(make(archive(aimed)))
    expect(text).toMatch(reason)
    expect(text).toMatch(/^[^\p{Cc}\p{Bidi_Control}]+$/u)
    expect(list('out')).toEqual([])
    expect(list('outside')).toEqual(['victim'])
    for (const name of ['victim', 'outside/victim']) {
      expect(fs.readFileSync(at(name), 'utf8')).toBe('unharmed')
      expect(fs.statSync(at(name)).nlink).toBe(1)
    }
    expect(exists(at('escaped'))).toBe(false)
  })

  const random = () => Buffer.from(Array.from({ length: 5000 }, () => Math.random() * 256))
  it.each([
    [
      'that is text',
      Buffer.from('this is no\tarchive, '.repeat(100)),
      /begins with “this is no archive/,
    ],
    ['that is an empty file', Buffer.alloc(0), /is empty/],
    ['cut in an entry', tar([file('a', random())]).subarray(0, 2000), /cut short/],
    ['cut between entries', tar([file('a')], 0), /cut short/],
    ['with half of its end', tar([file('a')], 512), /cut short/],
    ['cut and compressed', gzipSync(tar([file('a', random())])).subarray(0, -30), /cut short/],
    [
      'that PowerShell made UTF-16 of',
      Buffer.from(`\ufeff${tar([file('a')]).toString('latin1')}`, 'utf16le'),
      /text in UTF-16, as PowerShell's > makes of any file.*docker export -o NAME\.tar CONTAINER/,
    ],
    ['that is a web page', Buffer.from('\n<!DOCTYPE html><html>404'), /is a web page/],
    ['that is a 7z archive', Buffer.from('7z\xbc\xaf', 'latin1'), /is a 7z archive/],
    ['that is the disk of a machine', Buffer.from('QFI\xfb', 'latin1'), /qcow2.*virt-tar-out/],
    ['joined of two', Buffer.concat([tar([file('a')]), tar([file('b')])]), /two archives/],
    ['with rubbish after it', Buffer.concat([tar([file('a')]), Buffer.from('x')]), /it goes on/],
    [
      'with rubbish in its padding',
      Buffer.concat([gzipSync(tar([])), Buffer.from('rubbish'.repeat(9))]),
      /garbage/,
    ],
  ])('as a file %s', async (_, content, reason) => {
    expect(await failure(make(archive(content)))).toMatch(reason)
    expect(list('out')).toEqual([])
  })

  it.each([
    ['/nowhere/at/all.tar', /Cannot read the archive .*no such file or directory/],
    [__dirname, /is a directory\. If it holds a root file system/],
  ])('as %s', async (tarball, message) => {
    expect(await failure(make(tarball, { name: 'box' }))).toMatch(message)
  })

  it('if the program to decompress it is missing, by the name of its package', async () => {
    fs.mkdirSync(at('programs'))
    for (const name of ['tar', 'cat']) fs.symlinkSync(`${find(name)}`, at('programs', name))
    const packed = execFileSync('xz', ['-c'], { input: tar([file('etc/a', 'a')]) })
    const tarball = archive(packed)
    vi.stubEnv('PATH', at('programs'))
    expect(await failure(make(tarball))).toMatch(
      /needs xz to be unpacked\. Install the package xz-utils \(Debian, Ubuntu\) or xz\./,
    )
  })

  it('by a tar that is not GNU tar', async () => {
    const script = { tar: 'echo bsdtar 3.6.2 - libarchive 3.6.2' }
    const { ensureRootfs } = await withPrograms(script)
    const options = { directory: at('out'), tarball: archive([file('a')]) }
    expect(await failure(ensureRootfs('tarball', options))).toMatch(
      /The tar of this system isn't GNU tar.*apk add tar \(Alpine\)/,
    )
  })

  it.runIf(isRoot)('if the disk is full, with nothing left', async () => {
    await withTmpfs(at('out'), async () => {
      const tarball = archive([file('etc/big', Buffer.alloc(1_000_000))])
      expect(await failure(make(tarball))).toMatch(/no space left on device \(tar: etc\/big: Wrote/)
      expect(list('out')).toEqual([])
    })
  })
})

describe('an interruption', () => {
  const many = tar(
    Array.from({ length: 40 }, () => file('etc/more')),
    0,
  )

  /** Starts the command on an archive that never ends (a FIFO), and waits until it unpacks. */
  async function startUnpacking() {
    execFileSync('mkfifo', [at('slow.tar')])
    const [program, ...args] = [...COMMAND, 'tarball', at('slow.tar')]
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ROOTFS_DIR: at('out') },
    })
    const started = new Started(child, args)
    const writer = fs.createWriteStream(at('slow.tar'))
    writer.on('error', () => {})
    writer.write(tar([file('etc/first', 'x')], 0))
    const trickle = setInterval(() => writer.write(many), 20)
    onTestFinished(() => {
      clearInterval(trickle)
      writer.destroy()
    })
    const unpacks = () =>
      exists(at('out')) && list('out').some((name) => exists(at('out', name, 'root/etc/first')))
    expect(await until(unpacks)).toBe(true)
    return started
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves nothing', async (signal, status) => {
    const started = await startUnpacking()
    started.child.kill(signal)
    const stderr = '✖ Interrupted; nothing half-made is left.\n'
    expect(await started.ended()).toMatchObject({ status, stderr })
    expect(list('out')).toEqual([])
  })

  it('by SIGKILL leaves nothing that looks finished, and the next run removes it', async () => {
    const started = await startUnpacking()
    const other = archive([file('etc/x')], 'other.tar')
    await make(other)
    expect(list('out').length, 'what belongs to a living run stays').toBe(2)
    process.kill(-started.pid, 'SIGKILL') // its tar belongs to its process group
    await started.ended()
    expect(exists(at('out/slow'))).toBe(false)
    await make(other)
    expect(list('out')).toEqual(['other'])
  })
})
