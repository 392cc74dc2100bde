import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData } from 'tar'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ALPINE_VERSION, alpineArch } from '../../rootfs/alpine'
import { fetchAlpineBusybox } from '../../rootfs/apk'
import { isStatic } from '../../rootfs/elf'
import { type EnsureOptions, ensureRootfs } from '../../rootfs/ensure'
import { removeTemporary } from '../../rootfs/temporary'
import { slowness } from '../harness/slowness'
import { becomingReader } from '../harness/user'

const CLI = path.resolve(__dirname, '../rootfs/index.ts')

const [setpriv, ...asNobody] = [...becomingReader(65534), process.execPath]
const isRoot = process.geteuid?.() === 0

let directory: string
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(tmpdir(), 'rootfs-test-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const at = (...names: string[]) => path.join(directory, ...names)
const exists = (file: string) => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** The message of the failure that has to come. */
async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: Error) => error.message,
  )
}

type Entry = HeaderData & { content?: string | Buffer }

/** A tar archive made of raw headers, so that it can hold what no honest program writes. */
function tar(entries: Entry[], end: Buffer = Buffer.alloc(1024)): Buffer {
  const blocks = entries.map(({ content = '', ...data }) => {
    const body = Buffer.from(content)
    const header = new Header({
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: new Date(1e12),
      type: 'File',
      size: body.length,
      ...data,
    })
    header.encode()
    return Buffer.concat([
      header.block as Buffer,
      body,
      Buffer.alloc((512 - (body.length % 512)) % 512),
    ])
  })
  return Buffer.concat([...blocks, end])
}

function archive(entries: Entry[], name = 'box.tar'): string {
  const folder = at('archives')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, name), tar(entries))
  return path.join(folder, name)
}

const make = (options: EnsureOptions) =>
  ensureRootfs('tarball', { directory: at('out'), ...options })

/** Runs the command itself, as `npm run rootfs` does. */
function cli(args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, ['--require', 'tsx/cjs', CLI, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ROOTFS_DIR: at('out'), ...env },
  })
}

function expectWhole(root: string): void {
  for (const name of ['proc', 'sys', 'dev', 'tmp', 'run', 'root', 'mytemp', 'etc']) {
    expect(fs.lstatSync(path.join(root, name)).isDirectory(), name).toBe(true)
  }
  expect(fs.lstatSync(path.join(root, 'etc/resolv.conf')).isFile()).toBe(true)
  expect(fs.lstatSync(path.join(root, 'tmp')).mode & 0o7777).toBe(0o1777)
}

describe('busybox', () => {
  it('is made, runs, and is found there the second time', async () => {
    const first = await ensureRootfs('busybox', { directory })
    expect(first).toEqual({ path: at('busybox'), made: true })
    expectWhole(first.path)
    expect(isStatic(at('busybox/bin/busybox'))).toBe(true)
    expect(fs.readlinkSync(at('busybox/usr/bin/env'))).toBe('../../bin/busybox')
    expect(fs.readFileSync(at('busybox/etc/os-release'), 'utf8')).toMatch(/^VERSION_ID=\d+\.\d+/m)
    expect(await ensureRootfs('busybox', { directory })).toEqual({
      path: at('busybox'),
      made: false,
    })
    expect(fs.readdirSync(directory)).toEqual(['busybox'])
  })

  it('has exact modes under any umask', () => {
    const umask = process.umask(0o077)
    onTestFinished(() => void process.umask(umask))
    const { status, stderr } = cli([])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(fs.statSync(at('out/busybox/etc/passwd')).mode & 0o777).toBe(0o644)
    expect(fs.statSync(at('out/busybox/usr/bin')).mode & 0o777).toBe(0o755)
    expect(fs.statSync(at('out/busybox')).mode & 0o777).toBe(0o755)
  })

  it.runIf(isRoot)('keeps no history of an interactive shell', async () => {
    await ensureRootfs('busybox', { directory })
    const before = execFileSync('find', [at('busybox'), '-ls'])
    const shell = `chroot ${at('busybox')} /usr/bin/env -i HOME=/root TERM=xterm /bin/sh -i`
    const { stdout } = spawnSync('script', ['-qec', shell, '/dev/null'], {
      input: 'echo a$((40+2))b\nexit\n',
      encoding: 'utf8',
    })
    expect(stdout).toContain('a42b')
    expect(execFileSync('find', [at('busybox'), '-ls']).equals(before)).toBe(true)
  })

  it('is made again with force', async () => {
    await ensureRootfs('busybox', { directory })
    fs.writeFileSync(at('busybox/etc/passwd'), 'broken')
    fs.mkdirSync(at('busybox/left'))
    expect(await ensureRootfs('busybox', { directory, force: true })).toMatchObject({ made: true })
    expect(fs.readFileSync(at('busybox/etc/passwd'), 'utf8')).toMatch(/^root:/)
    expect(exists(at('busybox/left'))).toBe(false)
    expect(fs.readdirSync(directory)).toEqual(['busybox'])
  })

  it('may be made several times at once', async () => {
    const all = await Promise.all([0, 1, 2, 3].map(() => ensureRootfs('busybox', { directory })))
    expect(all.filter(({ made }) => made).length).toBe(1)
    await Promise.all([0, 1, 2, 3].map(() => ensureRootfs('busybox', { directory, force: true })))
    expectWhole(at('busybox'))
    expect(fs.readdirSync(directory)).toEqual(['busybox'])
  })

  it('only takes a static program of this machine', () => {
    expect(isStatic(process.execPath)).toBe(false)
    expect(isStatic(CLI)).toBe(false)
    expect(isStatic('/nowhere')).toBe(false)
    expect(isStatic('/usr')).toBe(false)
  })
})

describe('a tarball', () => {
  it('is unpacked with its links, modes and directories', async () => {
    const tarball = archive([
      { path: './', type: 'Directory', mode: 0o755 },
      { path: 'bin/', type: 'Directory', mode: 0o555 },
      { path: 'bin/tool', mode: 0o4755, content: 'x'.repeat(70_000) },
      { path: 'bin/hard', type: 'Link', linkpath: 'bin/tool' },
      { path: 'bin/absolute', type: 'SymbolicLink', linkpath: '/bin/tool' },
      { path: 'usr/bin', type: 'SymbolicLink', linkpath: '../bin' },
      { path: 'bin/linked', type: 'Link', linkpath: 'usr/bin' },
      { path: 'dev/null', type: 'CharacterDevice', devmaj: 1, devmin: 3 },
      { path: 'etc/resolv.conf', type: 'SymbolicLink', linkpath: '/run/resolv.conf' },
      { path: 'run', type: 'SymbolicLink', linkpath: '/var/run' },
      { path: 'etc/empty', content: '' },
      { path: 'etc/twice', content: 'first' },
      { path: 'etc/twice', content: 'second' },
    ])
    const { path: root } = await make({ tarball })
    expect(root).toBe(at('out/box'))
    expectWhole(root)
    const stat = (name: string) => fs.lstatSync(path.join(root, name))
    expect(stat('bin/tool').size).toBe(70_000)
    expect(stat('bin/tool').mode & 0o7777).toBe(isRoot ? 0o4755 : 0o755)
    expect(stat('bin/tool').mtimeMs).toBe(1e12)
    expect(stat('bin').mode & 0o777).toBe(isRoot ? 0o555 : 0o755)
    expect(stat('bin/hard').ino).toBe(stat('bin/tool').ino)
    expect(fs.readlinkSync(path.join(root, 'bin/absolute'))).toBe('/bin/tool')
    expect(fs.readlinkSync(path.join(root, 'bin/linked'))).toBe('../bin')
    expect(exists(path.join(root, 'dev/null'))).toBe(false)
    expect(fs.readFileSync(path.join(root, 'etc/twice'), 'utf8')).toBe('second')
  })

  it('may be compressed', async () => {
    const plain = tar([{ path: 'etc/a', content: 'a' }])
    fs.writeFileSync(at('zip.tar.gz'), gzipSync(plain))
    await make({ tarball: at('zip.tar.gz') })
    expect(fs.readFileSync(at('out/zip/etc/a'), 'utf8')).toBe('a')
  })

  it.runIf(isRoot)('keeps setuid and setgid bits of other owners', async () => {
    const tarball = archive([{ path: 'bin/su', mode: 0o6755, uid: 12, gid: 34, content: 'x' }])
    const { path: root } = await make({ tarball })
    const { uid, gid, mode } = fs.statSync(path.join(root, 'bin/su'))
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 12, gid: 34, mode: 0o6755 })
  })

  const hostile: [string, Entry[], RegExp][] = [
    [
      "a name with '..'",
      [{ path: '../escaped', content: 'x' }],
      /"\.\.\/escaped" would land outside/,
    ],
    ["a name with '..' in it", [{ path: 'a/../../escaped', content: 'x' }], /would land outside/],
    [
      'a name that would steer the terminal',
      [{ path: '../\u001b[2J\u007f\u009b\u202e', content: 'x' }],
      /"\.\.\/\\u001b\[2J\\u007f\\u009b\\u202e" would land outside/,
    ],
    [
      'an absolute name',
      [{ path: '/tmp/escaped', content: 'x' }],
      /absolute name "\/tmp\/escaped"/,
    ],
    [
      'a file through a link',
      [
        { path: 'way', type: 'SymbolicLink', linkpath: '/OUTSIDE' },
        { path: 'way/escaped', content: 'x' },
      ],
      /"way\/escaped" would go through "way", which is a link/,
    ],
    [
      'a directory through a link',
      [
        { path: 'way', type: 'SymbolicLink', linkpath: '/OUTSIDE' },
        { path: 'way/escaped/', type: 'Directory' },
      ],
      /"way\/escaped\/" would go through "way"/,
    ],
    [
      'a file through a link through a link',
      [
        { path: 'a/b', type: 'SymbolicLink', linkpath: '/OUTSIDE' },
        { path: 'c', type: 'SymbolicLink', linkpath: 'a/b' },
        { path: './c/./escaped', content: 'x' },
      ],
      /through "c", which is a link/,
    ],
    [
      "a link with '..'",
      [{ path: 'a/b', type: 'SymbolicLink', linkpath: '../../OUTSIDE' }],
      /leads outside/,
    ],
    [
      'a hard link to an absolute name',
      [{ path: 'a', type: 'Link', linkpath: '/etc/passwd' }],
      /absolute name/,
    ],
    [
      "a hard link with '..'",
      [{ path: 'a', type: 'Link', linkpath: '../victim' }],
      /goes through '\.\.'/,
    ],
    [
      'a hard link through a link',
      [
        { path: 'way', type: 'SymbolicLink', linkpath: '/OUTSIDE' },
        { path: 'a', type: 'Link', linkpath: 'way/victim' },
      ],
      /"a" would go through "way"/,
    ],
    [
      'a hard link to nothing',
      [{ path: 'a', type: 'Link', linkpath: 'b' }],
      /is no file of the archive/,
    ],
    [
      'a file in the place of the root',
      [{ path: './', type: 'SymbolicLink', linkpath: '/' }],
      /replace the root/,
    ],
    ['a file in the place of a parent', [{ path: 'a' }, { path: 'a/b' }], /"a", which is a file/],
    ['a sparse file', [{ path: 'a', type: 'SparseFile' }], /cannot be unpacked/],
    [
      'an /etc that is a link',
      [{ path: 'etc', type: 'SymbolicLink', linkpath: '/OUTSIDE' }],
      /\/etc is not a directory/,
    ],
    ['a /proc that is a file', [{ path: 'proc', content: 'x' }], /\/proc is not a directory/],
  ]

  it.each(hostile)('with %s is refused', async (_, entries, message) => {
    fs.mkdirSync(at('outside'))
    fs.writeFileSync(at('victim'), 'unharmed')
    fs.writeFileSync(at('outside/victim'), 'unharmed')
    const here = entries.map((entry) => ({
      ...entry,
      linkpath: entry.linkpath?.replace('/OUTSIDE', at('outside')),
    }))
    const text = await failure(
      make({
        tarball: archive(
          [{ path: 'etc/x' }, ...here].filter(
            ({ path }) => path !== 'etc/x' || !here.some((e) => e.path === 'etc'),
          ),
        ),
      }),
    )
    expect(text).toMatch(message)
    expect(text.split('\n').length).toBe(1)
    expect(fs.readdirSync(at('out'))).toEqual([])
    expect(fs.readdirSync(at('outside'))).toEqual(['victim'])
    expect(fs.readFileSync(at('outside/victim'), 'utf8')).toBe('unharmed')
    expect(fs.statSync(at('victim')).nlink + fs.statSync(at('outside/victim')).nlink).toBe(2)
    expect(exists('/tmp/escaped') || exists(at('escaped'))).toBe(false)
  })

  it('leaves alone what a link in the place of a directory points at', async () => {
    fs.mkdirSync(at('outside'), { mode: 0o700 })
    await make({
      tarball: archive([
        { path: 'a/', type: 'Directory', mode: 0o777, uid: 7, gid: 7 },
        { path: 'a', type: 'SymbolicLink', linkpath: at('outside') },
      ]),
    })
    expect(fs.statSync(at('outside')).mode & 0o777).toBe(0o700)
    expect(fs.statSync(at('outside')).uid).toBe(process.geteuid?.())
  })

  it.each([
    ['no archive', Buffer.from('this is no archive, '.repeat(100)), /not a tar archive/],
    ['an empty file', Buffer.alloc(0), /not a tar archive|cut short/],
    [
      'cut in an entry',
      tar([{ path: 'a', content: 'x'.repeat(5000) }]).subarray(0, 2000),
      /cut short/,
    ],
    ['cut between entries', tar([{ path: 'a' }], Buffer.alloc(0)), /cut short/],
    [
      'a cut .gz',
      gzipSync(tar([{ path: 'a', content: String(Math.random()).repeat(999) }])).subarray(0, -30),
      /cut short/,
    ],
  ])('that is %s is refused', async (_, content, message) => {
    fs.writeFileSync(at('bad.tar'), content)
    expect(await failure(make({ tarball: at('bad.tar') }))).toMatch(message)
    expect(fs.readdirSync(at('out'))).toEqual([])
  })

  it('that is an image of docker save is told from an export', async () => {
    const tarball = archive([{ path: 'manifest.json', content: '[]' }, { path: 'abc/layer.tar' }])
    expect(await failure(make({ tarball }))).toMatch(/docker export/)
  })

  it.runIf(isRoot)('is made by an ordinary user too', () => {
    const tarball = archive([{ path: 'bin/x', mode: 0o4755, uid: 0, content: 'x' }])
    fs.chmodSync(directory, 0o755)
    fs.mkdirSync(at('out'))
    fs.chownSync(at('out'), 65534, 65534)
    const { status, stderr } = spawnSync(
      setpriv,
      [...asNobody, '--require', 'tsx/cjs', CLI, 'tarball', tarball],
      {
        encoding: 'utf8',
        env: { ...process.env, ROOTFS_DIR: at('out') },
      },
    )
    expect(status).toBe(0)
    expect(stderr).toMatch(/^All of its files belong to you: .* takes root\.\n$/)
    expect(fs.statSync(at('out/box/bin/x'))).toMatchObject({ uid: 65534, mode: 0o100755 })
  })
})

describe('alpine', () => {
  const content = gzipSync(
    tar([
      { path: 'bin/busybox', content: Buffer.alloc(200_000, 'x') },
      { path: 'etc/os-release', content: 'ID=alpine' },
    ]),
    { level: 0 },
  )
  const sha256 = createHash('sha256').update(content).digest('hex')
  const file = `/v${ALPINE_VERSION.replace(/\.\d+$/, '')}/releases/${alpineArch()}/alpine-minirootfs-${ALPINE_VERSION}-${alpineArch()}.tar.gz`

  /** A server on loopback that hands out `body`; `cut` says how many requests end after so many bytes. */
  async function serve(body: Buffer, { cuts = 0, after = 50_000, ranges = true } = {}) {
    const asked: (string | undefined)[] = []
    const server = http.createServer((request, response) => {
      if (request.url !== file) return response.writeHead(404).end()
      asked.push(request.headers.range)
      const start = ranges ? Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0) : 0
      const rest = body.subarray(start)
      response.writeHead(start ? 206 : 200, {
        'content-length': rest.length,
        ...(start && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
      })
      if (cuts-- > 0)
        response.write(rest.subarray(0, after), () => setTimeout(() => response.destroy(), 20))
      else response.end(rest)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    process.env.ALPINE_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    onTestFinished(() => {
      delete process.env.ALPINE_MIRROR
      server.closeAllConnections()
      server.close()
    })
    return asked
  }

  const alpine = (options: EnsureOptions = {}) =>
    ensureRootfs('alpine', { directory, sha256, ...options })
  const cached = () => fs.readdirSync(at('.cache'))

  it('is downloaded, checked and made', async () => {
    await serve(content)
    await alpine()
    expectWhole(at('alpine'))
    expect(fs.readFileSync(at('alpine/etc/os-release'), 'utf8')).toBe('ID=alpine')
    expect(fs.readdirSync(directory).sort()).toEqual(['.cache', 'alpine'])
  })

  it.runIf(isRoot)("leaves the download to the directory's owner, not to root", async () => {
    await serve(content)
    fs.chownSync(directory, 12345, 23456)
    await alpine()
    for (const name of ['.cache', ...cached().map((file) => `.cache/${file}`)]) {
      const { uid, gid } = fs.statSync(at(name))
      expect({ name, uid, gid }).toEqual({ name, uid: 12345, gid: 23456 })
    }
  })

  it('is made again without a network', async () => {
    await serve(content)
    await alpine()
    process.env.ALPINE_MIRROR = 'http://127.0.0.1:1'
    await alpine({ force: true })
  })

  it('goes on by itself after a cut', async () => {
    const asked = await serve(content, { cuts: 2 })
    await alpine()
    expect(asked).toEqual([undefined, 'bytes=50000-', 'bytes=100000-'])
  })

  it('goes on in the next run after too many cuts', async () => {
    const asked = await serve(content, { cuts: 3 })
    expect(await failure(alpine())).toMatch(/150000 bytes are kept: run it again/)
    expect(fs.readdirSync(directory)).toEqual(['.cache'])
    expect(cached()).toEqual([expect.stringMatching(/\.part$/)])
    await alpine()
    expect(asked.at(-1)).toBe('bytes=150000-')
    expectWhole(at('alpine'))
  })

  it('begins again with a server that knows no ranges', async () => {
    const asked = await serve(content, { cuts: 1, ranges: false })
    await alpine()
    expect(asked).toEqual([undefined, 'bytes=50000-'])
    expectWhole(at('alpine'))
  })

  it('is refused with a wrong checksum', async () => {
    const corrupt = Buffer.from(content)
    corrupt[1000] ^= 1
    await serve(corrupt)
    expect(await failure(alpine())).toMatch(
      /is refused and removed: its SHA-256 is \w{64}, but \w{64} is expected/,
    )
    expect(fs.readdirSync(directory)).toEqual(['.cache'])
    expect(cached()).toEqual([])
  })

  it('is refused by the command with the pinned checksum', async () => {
    await serve(content)
    const args = ['--require', 'tsx/cjs', CLI, 'alpine']
    const child = spawn(process.execPath, args, { env: { ...process.env, ROOTFS_DIR: directory } })
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect(status).toBe(1)
    expect(stderr).toMatch(/^rootfs: .* is refused and removed/)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  it('may be downloaded twice at once', async () => {
    await serve(content)
    const both = await Promise.all([alpine(), alpine()])
    expect(both.filter(({ made }) => made).length).toBe(1)
    expect(cached().length).toBe(1)
  })

  it('says which server cannot be reached or has no such file', async () => {
    const server = http.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    process.env.ALPINE_MIRROR = `http://127.0.0.1:${port}`
    onTestFinished(() => void delete process.env.ALPINE_MIRROR)
    expect(await failure(alpine())).toMatch(
      /Cannot download http.*connection refused.*ALPINE_MIRROR/,
    )
    await serve(content)
    process.env.ALPINE_MIRROR += 'elsewhere'
    expect(await failure(alpine())).toMatch(/the server says 404/)
  })
})

describe("Alpine's busybox package", () => {
  const program = Buffer.from('a static busybox')
  const gz = (entries: Entry[], end?: Buffer) => gzipSync(tar(entries, end))
  const none = Buffer.alloc(0)

  async function serve(data: Buffer) {
    const good = gz([{ path: 'bin/busybox.static', content: program }])
    const datahash = createHash('sha256').update(good).digest('hex')
    const control = gz(
      [{ path: '.PKGINFO', content: `pkgname = busybox-static\ndatahash = ${datahash}\n` }],
      none,
    )
    const apk = Buffer.concat([gz([{ path: '.SIGN.RSA.key', content: 'x' }], none), control, data])
    const sha1 = createHash('sha1').update(control).digest('base64')
    const index = gz([
      { path: 'DESCRIPTION' },
      {
        path: 'APKINDEX',
        content: `C:Q1x\nP:a\nV:1\n\nC:Q1${sha1}\nP:busybox-static\nV:1.37.0-r30\n\n`,
      },
    ])
    const server = http.createServer(({ url = '' }, response) =>
      response.end(url.endsWith('/busybox-static-1.37.0-r30.apk') ? apk : index),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    process.env.ALPINE_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    onTestFinished(() => {
      delete process.env.ALPINE_MIRROR
      server.closeAllConnections()
      server.close()
    })
  }

  const context = () => ({ directory, scratch: directory, say: () => {} })

  it('is followed from the index to the program', async () => {
    await serve(gz([{ path: 'bin/busybox.static', content: program }]))
    expect(fs.readFileSync(await fetchAlpineBusybox(context()))).toEqual(program)
  })

  it('is refused when its content was changed', async () => {
    await serve(gz([{ path: 'bin/busybox.static', content: 'something else' }]))
    expect(await failure(fetchAlpineBusybox(context()))).toMatch(/is refused/)
  })
})

describe('an interruption or a fault', () => {
  /** Starts the command on an archive that never ends (a FIFO), and waits until it unpacks. */
  async function startUnpacking() {
    execFileSync('mkfifo', [at('slow.tar')])
    const child = spawn(
      process.execPath,
      ['--require', 'tsx/cjs', CLI, 'tarball', at('slow.tar')],
      {
        env: { ...process.env, ROOTFS_DIR: at('out') },
      },
    )
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const writer = fs.createWriteStream(at('slow.tar'))
    writer.on('error', () => {})
    writer.write(tar([{ path: 'etc/first', content: 'x' }], Buffer.alloc(0)))
    // A read that waits for ever cannot be interrupted, so something goes on coming.
    const trickle = setInterval(
      () => writer.write(tar([{ path: 'etc/more' }], Buffer.alloc(0))),
      20,
    )
    onTestFinished(() => {
      clearInterval(trickle)
      child.kill('SIGKILL')
      writer.destroy()
    })
    const unpacked = () =>
      exists(at('out')) &&
      fs.readdirSync(at('out')).some((name) => exists(at('out', name, 'root/etc/first')))
    await expect.poll(unpacked, { timeout: 10_000 * slowness, interval: 10 }).toBe(true)
    return { child, writer, ended, text: () => stderr }
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves nothing', async (signal, status) => {
    const { child, ended, text } = await startUnpacking()
    child.kill(signal)
    expect(await ended).toBe(status)
    expect(text()).toBe('Interrupted; nothing half-made is left.\n')
    expect(fs.readdirSync(at('out'))).toEqual([])
  })

  it('SIGKILL leaves nothing that looks finished, and the next run removes it', async () => {
    const { child, ended } = await startUnpacking()
    await make({ tarball: archive([{ path: 'etc/x' }], 'other.tar') })
    expect(
      fs.readdirSync(at('out')).length,
      'the other run keeps what belongs to a living one',
    ).toBe(2)
    child.kill('SIGKILL')
    await ended
    expect(exists(at('out/slow'))).toBe(false)
    await make({ tarball: archive([{ path: 'etc/x' }], 'other.tar') })
    expect(fs.readdirSync(at('out'))).toEqual(['other'])
  })

  it.runIf(isRoot)('a full disk gives one sentence and leaves nothing', async () => {
    fs.mkdirSync(at('small'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'small', at('small')])
    try {
      const busybox = cli([], { ROOTFS_DIR: at('small') })
      expect(busybox.status).toBe(1)
      expect(busybox.stderr).toMatch(
        /^rootfs: Cannot .*no space left on device \(ENOSPC\)\. Free some space.*\n$/,
      )
      expect(fs.readdirSync(at('small'))).toEqual([])
      const tarball = archive([{ path: 'etc/big', content: Buffer.alloc(1_000_000) }])
      expect(await failure(make({ tarball, directory: at('small') }))).toMatch(
        /"etc\/big".*no space left/,
      )
      expect(fs.readdirSync(at('small'))).toEqual([])
    } finally {
      execFileSync('umount', [at('small')])
    }
  })

  it.runIf(isRoot)('a mount in the old one is not removed with it', async () => {
    await ensureRootfs('busybox', { directory })
    execFileSync('mount', ['-t', 'tmpfs', 'in-use', at('busybox/mytemp')])
    try {
      fs.writeFileSync(at('busybox/mytemp/precious'), 'x')
      expect(await failure(ensureRootfs('busybox', { directory, force: true }))).toMatch(
        /is in use: .*mytemp is mounted/,
      )
      expect(exists(at('busybox/mytemp/precious'))).toBe(true)
    } finally {
      execFileSync('umount', [at('busybox/mytemp')])
    }
  })

  it.runIf(isRoot)('a mount in a left one is unmounted before the removal', () => {
    fs.mkdirSync(at('host'))
    fs.writeFileSync(at('host/precious'), 'x')
    fs.mkdirSync(at('left/proc'), { recursive: true })
    execFileSync('mount', ['--bind', at('host'), at('left/proc')])
    removeTemporary(at('left'))
    expect(exists(at('left'))).toBe(false)
    expect(exists(at('host/precious'))).toBe(true)
  })

  it.runIf(isRoot)('a place that may not be written to is named', () => {
    const { status, stderr } = spawnSync(setpriv, [...asNobody, '--require', 'tsx/cjs', CLI], {
      encoding: 'utf8',
      env: { ...process.env, ROOTFS_DIR: at('out') },
    })
    expect(status).toBe(1)
    expect(stderr).toContain(at('out'))
    expect(stderr).toMatch(/permission denied \(EACCES\).*ROOTFS_DIR/)
  })
})

describe('the command', () => {
  it('makes busybox by default and says so, then that there is nothing to do', () => {
    expect(cli([])).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Made .*busybox\n$/),
    })
    expect(cli([])).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to do') })
  })

  it.each([
    [['nonsense'], /no root file system of the kind 'nonsense'/],
    [['busybox', 'more'], /one argument too many/],
    [['tarball'], /needs the path/],
    [['--nonsense'], /nonsense/],
    [['busybox', '--name'], /name/],
  ])('%j is wrong usage', (args, message) => {
    const { status, stderr } = cli(args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).toContain('usage: npm run rootfs')
    expect(exists(at('out'))).toBe(false)
  })

  it.each([
    [['tarball', '/nowhere/at/all.tar'], /Cannot read the archive .*no such file or directory/],
    [['tarball', '/usr'], /Cannot read the archive .*illegal operation on a directory/],
    [['busybox', '--name', '../x'], /cannot be the name/],
    [['busybox', '--name', '.hidden'], /cannot be the name/],
  ])('%j fails in one sentence', (args, message) => {
    const { status, stderr } = cli(args)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n').length).toBe(1)
  })

  it.runIf(isRoot)('says that debian needs root', () => {
    fs.chmodSync(directory, 0o777)
    const { status, stderr } = spawnSync(
      setpriv,
      [...asNobody, '--require', 'tsx/cjs', CLI, 'debian'],
      {
        encoding: 'utf8',
        env: { ...process.env, ROOTFS_DIR: at('out') },
      },
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^rootfs: debootstrap needs root.* Run: sudo \S+\/node \S+\/tools\/rootfs\.mjs debian\n$/,
    )
  })
})

if (!isRoot)
  console.log('rootfs: the tests with mounts and other users are skipped, they need root')
