// Alpine's files, from a server on loopback; and Debian's by a stand-in for debootstrap.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ALPINE_VERSION, alpineArch } from '../../rootfs/alpine'
import { ensureRootfs, type Kind } from '../../rootfs/ensure'
import type { EnsureOptions } from '../../rootfs/work'
import { find, shown } from '../../tools/setup/programs.mjs'
import { root } from '../../tools/setup/project.mjs'
import { file, tar } from './archive'
import { asUser, at, expectWhole, failure, isRoot, list, usePlace, withPrograms } from './place'

usePlace()

const content = gzipSync(
  tar([file('bin/busybox', Buffer.alloc(200_000, 'x')), file('etc/os-release', 'ID=alpine')]),
  { level: 0 },
)
const sha256 = createHash('sha256').update(content).digest('hex')
const name = `alpine-minirootfs-${ALPINE_VERSION}-${alpineArch()}.tar.gz`
const url = `/v${ALPINE_VERSION.replace(/\.\d+$/, '')}/releases/${alpineArch()}/${name}`

type Handler = (url: string, response: http.ServerResponse) => void
const send =
  (body: Buffer): Handler =>
  (asked, response) =>
    asked.endsWith(url) ? response.end(body) : response.writeHead(404).end()

/** A server on loopback; returns its address and what it is asked for. */
async function listen(answer: Handler) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request.url ?? '', response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const serve = async (answer: Handler) =>
  vi.stubEnv('ALPINE_MIRROR', `${(await listen(answer)).address}/`)

const make = (options: EnsureOptions = {}, kind: Kind = 'alpine') =>
  ensureRootfs(kind, { directory: at('out'), sha256, ...options })
const OTHER_WAYS =
  /Check the network, choose another server with ALPINE_MIRROR=URL, or .*curl -L -o/

describe('alpine', () => {
  it('is downloaded, checked and made, and made again without a network', async () => {
    await serve(send(content))
    await make()
    expectWhole(at('out/alpine'))
    expect(fs.readFileSync(at('out/alpine/etc/os-release'), 'utf8')).toBe('ID=alpine')
    expect(list('out')).toEqual(['.cache', 'alpine'])
    expect(list('out/.cache')).toEqual([name])
    vi.stubEnv('ALPINE_MIRROR', 'http://127.0.0.1:1')
    expect(await make({ force: true })).toMatchObject({ made: true })
  })

  it('takes the place of busybox if no static one is installed, and says so', async () => {
    await serve(send(content))
    const { path, notes } = await make({ busyboxes: ['/usr'] }, 'busybox')
    expect(path).toBe(at('out/busybox'))
    expect(notes).toContain("No static busybox is installed here, so these are Alpine's files.")
    vi.stubEnv('ALPINE_MIRROR', 'http://127.0.0.1:1')
    fs.rmSync(at('out/.cache'), { recursive: true })
    expect(await failure(make({ busyboxes: [], force: true }, 'busybox'))).toMatch(
      /No static busybox .*\n {2}Cannot download .*\nTo install busybox: apt-get install busybox-/,
    )
  })

  it.runIf(isRoot)("leaves the download to the directory's owner, not to root", async () => {
    await serve(send(content))
    fs.mkdirSync(at('out'))
    fs.chownSync(at('out'), 12345, 23456)
    await make()
    for (const made of ['.cache', `.cache/${name}`])
      expect(fs.statSync(at('out', made))).toMatchObject({ uid: 12345, gid: 23456 })
  })

  it('is refused if it has another checksum than the pinned one', async () => {
    await serve(send(content))
    const text = await failure(make({ sha256: undefined }))
    expect(text).toMatch(/is refused: its SHA-256 is \w{64}, but \w{64} is expected/)
    expect(list('out')).toEqual(['.cache'])
    expect(list('out/.cache')).toEqual([])
  })

  it('says how much came before a cut, and keeps nothing', async () => {
    await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20))
    })
    expect(await failure(make())).toMatch(/Cannot download .*, after 50000 bytes\. /)
    expect(list('out/.cache')).toEqual([])
  })

  it('names a server that cannot be reached or has no such file, and other ways', async () => {
    const { address, server } = await listen(send(content))
    server.close()
    vi.stubEnv('ALPINE_MIRROR', address)
    const unreachable = await failure(make())
    expect(unreachable).toMatch(/Cannot download http.*connection refused/)
    expect(unreachable).toMatch(OTHER_WAYS)
    await serve((_, response) => response.writeHead(404).end())
    expect(await failure(make())).toMatch(/the server says 404 Not Found\. Check/)
  })

  it('comes through a proxy by curl', async () => {
    if (!find('curl')) return console.log('rootfs: no curl here, so no proxy is tried')
    const proxy = await listen(send(content))
    vi.stubEnv('http_proxy', proxy.address)
    vi.stubEnv('ALPINE_MIRROR', 'http://mirror.invalid')
    await make()
    expectWhole(at('out/alpine'))
    vi.stubEnv('http_proxy', undefined)
    vi.stubEnv('npm_config_proxy', proxy.address) // as .npmrc names it
    fs.rmSync(at('out/.cache'), { recursive: true })
    await make({ name: 'npm' })
    expect(proxy.asked).toEqual(Array(2).fill(`http://mirror.invalid${url}`))
    const refusing = await listen((_, response) => response.writeHead(403).end())
    vi.stubEnv('http_proxy', refusing.address)
    const text = await failure(make({ name: 'other', sha256: 'another' }))
    expect(text).toMatch(/the requested URL returned error: 403/i)
    expect(text).toMatch(OTHER_WAYS)
  })
})

describe.runIf(isRoot)('debian', () => {
  it('is made by debootstrap, in its own mount namespace', async () => {
    const debootstrap = 'mkdir "$3/etc"; echo "$@" > "$3/etc/args"; mount -t tmpfs in-here /mnt/etc'
    const { ensureRootfs } = await withPrograms({ debootstrap })
    vi.stubEnv('DEBIAN_SUITE', 'sid')
    vi.stubEnv('DEBIAN_MIRROR', 'URL')
    fs.mkdirSync(at('with space'))
    await ensureRootfs('debian', { directory: at('with space') })
    expectWhole(at('with space/debian'))
    const args = fs.readFileSync(at('with space/debian/etc/args'), 'utf8')
    expect(args).toBe('--variant=minbase sid /mnt URL\n')
  })

  it("quotes debootstrap's last lines if it fails, and leaves nothing", async () => {
    const debootstrap = 'echo "E: it failed"; exit 1'
    const { ensureRootfs } = await withPrograms({ debootstrap })
    expect(await failure(ensureRootfs('debian', { directory: at('out') }))).toMatch(
      /^debootstrap could not make Debian stable:\n {2}E: it failed\n/,
    )
    expect(list('out')).toEqual([])
  })

  it('names a place without devices, in which it cannot be made', async () => {
    const debootstrap =
      'echo "E: Cannot install into target /mnt mounted with noexec or nodev"; exit 1'
    const { ensureRootfs } = await withPrograms({ debootstrap })
    expect(await failure(ensureRootfs('debian', { directory: at('out') }))).toMatch(
      /^Debian can't be made in .*out: .*nodev or noexec .*ROOTFS_DIR=/,
    )
  })

  it('is made as root with the proxy and the mirror of the person', async () => {
    vi.stubEnv('http_proxy', 'http://proxy')
    vi.stubEnv('DEBIAN_MIRROR', 'URL')
    const text = await failure(asUser(() => make({ force: true, name: 'mine' }, 'debian')))
    expect(text).toMatch(/sudo --preserve-env=DEBIAN_MIRROR,http_proxy .* --force --name mine$/)
  })

  it('needs root', async () => {
    const program = join(root, 'tools', 'run.mjs')
    const again = shown(['sudo', process.execPath, program, 'rootfs', 'debian'])
    expect(await failure(asUser(() => make({}, 'debian')))).toBe(
      `debootstrap needs root to make device files and to chroot. Run: ${again}`,
    )
  })
})
