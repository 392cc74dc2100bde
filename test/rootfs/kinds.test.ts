// Archives and images as the tools make them that people have: each is unpacked right, or refused
// with its name and a way on, which is gone here too where it's quick.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { ensureRootfs } from '../../rootfs/ensure'
import { find } from '../../tools/setup/programs.mjs'
import { at, exists, expectWhole, failure, usePlace } from './place'

usePlace()

const BIG = Buffer.concat([Buffer.from('begin'), Buffer.alloc(300_000), Buffer.from('end')])

// A root file system of every kind of file.
beforeEach(() => {
  for (const name of ['bin', 'etc', 'usr/lib', 'x'.repeat(90)])
    fs.mkdirSync(at('root', name), { recursive: true })
  fs.writeFileSync(at('root/bin/busybox'), '#!/bin/something', { mode: 0o755 })
  fs.symlinkSync('busybox', at('root/bin/sh'))
  fs.symlinkSync('/usr/lib', at('root/lib'))
  fs.writeFileSync(at('root/etc/Grüße'), 'hello', { mode: 0o640 })
  fs.linkSync(at('root/etc/Grüße'), at('root/etc/hard'))
  fs.writeFileSync(at('root/etc/holes'), 'begin')
  fs.truncateSync(at('root/etc/holes'), 300_005)
  fs.appendFileSync(at('root/etc/holes'), 'end')
  fs.writeFileSync(at('root', 'x'.repeat(90), 'y'.repeat(90)), 'long')
})

const make = (tarball: string) => ensureRootfs('tarball', { directory: at('out'), tarball })
const box = (...names: string[]) => at('out/box', ...names)

function expectAll(long = true): void {
  expectWhole(box())
  expect(fs.readFileSync(box('bin/sh'))).toEqual(fs.readFileSync(at('root/bin/busybox')))
  expect(fs.readlinkSync(box('lib'))).toBe('/usr/lib')
  expect(fs.statSync(box('etc/Grüße')).mode & 0o7777).toBe(0o640)
  expect(fs.statSync(box('etc/hard')).ino).toBe(fs.statSync(box('etc/Grüße')).ino)
  expect(fs.readFileSync(box('etc/holes')).equals(BIG)).toBe(true)
  expect(exists(box('x'.repeat(90), 'y'.repeat(90)))).toBe(long)
}

/** Runs a line of shell in the place. False, and why, if a program of it isn't installed. */
function can(line: string): boolean {
  const missing = line
    .split(/\s*[|;]\s*/)
    .map((command) => command.split(' ')[0])
    .find((program) => !find(program) && program !== 'cd')
  if (missing) console.log(`rootfs: no ${missing} here, so this is not tried: ${line}`)
  else execFileSync('sh', ['-ec', line], { cwd: at(), stdio: ['ignore', 'ignore', 'pipe'] })
  return !missing
}

describe('is unpacked right:', () => {
  it.each([
    ['GNU tar, old', 'tar --format=oldgnu -Scf box.tar -C root .'],
    ['GNU tar', 'tar --format=gnu -Scf box.tar -C root .'],
    ['PAX, sparse 0.0', 'tar --format=pax --sparse-version=0.0 -Scf box.tar -C root .'],
    ['PAX, sparse 0.1', 'tar --format=pax --sparse-version=0.1 -Scf box.tar -C root .'],
    ['PAX, sparse 1.0', 'tar --format=pax --sparse-version=1.0 -Scf box.tar -C root .'],
    ['absolute names', "tar -cPf box.tar --transform 's,^[.],,SH' -C root ."],
    ['in a directory', 'tar -czf box.tar root'],
    ['libarchive', 'bsdtar -cf box.tar -C root .'],
    ['libarchive, PAX', 'bsdtar --format pax --xattrs --acls -cf box.tar -C root .'],
    ['libarchive, GNU', 'bsdtar --format gnutar -cf box.tar -C root .'],
    ['libarchive, ustar', 'bsdtar --format ustar -cf box.tar -C root .'],
    ['cpio, ustar', 'cd root; find . | cpio -o -H ustar -F ../box.tar --quiet'],
    ['BusyBox', 'busybox tar -cf box.tar -C root .'],
    ['lz4', 'tar -cf a -C root .; lz4 -q a box.tar'],
    ['lzip', 'tar -cf a -C root .; lzip -c a | tee box.tar'],
    ['lzop', 'tar -cf a -C root .; lzop -o box.tar a'],
    ['lzma', 'tar -cf a -C root .; xz --format=lzma a; mv a.lzma box.tar'],
    ['compressed twice', 'tar -czf a -C root .; xz a; mv a.xz box.tar'],
    [
      'several compressed parts',
      'tar -cf a -C root .; split -n 3 a; gzip xa?; cat xa?.gz | tee box.tar',
    ],
  ])('%s', async (_, line) => {
    if (!can(line)) return
    await make(at('box.tar'))
    expectAll()
  })

  it('V7, which has no long names', async () => {
    fs.rmSync(at('root', 'x'.repeat(90)), { recursive: true })
    execFileSync('tar', ['--format=v7', '-cf', at('box.tar'), '-C', at('root'), '.'])
    await make(at('box.tar'))
    expectAll(false)
  })
})

const BSDTAR = 'bsdtar -cf box.tar @FILE'

describe('is refused, and its way on works:', () => {
  it.each([
    ['a zip archive', 'cd root; zip -qry ../file .', 'file.zip', ''],
    ['a cpio archive', 'cd root; find . | cpio -o -H newc -F ../file --quiet', 'file', BSDTAR],
    [
      'a cpio archive',
      'cd root; find . | cpio -o -H odc -F ../a --quiet; cd ..; gzip a',
      'a.gz',
      BSDTAR,
    ],
    ['a 7z archive', 'bsdtar --format 7zip -cf file -C root .', 'file', ''],
    ['an ISO image', 'bsdtar --format iso9660 -cf file -C root .', 'file', ''],
    [
      'a SquashFS image',
      'mksquashfs root file -quiet',
      'file',
      'unsquashfs -d DIR FILE; tar -C DIR -cf box.tar .',
    ],
    ['an ext2, ext3 or ext4', 'mke2fs -q -t ext4 -d root file 8M', 'file', ''],
  ])('%s (%s)', async (what, line, name, way) => {
    if (!can(line)) return
    const text = await failure(make(at(name)))
    expect(text).toContain(`${at(name)} is ${what}`)
    const [, wayOn] = /not a tar archive\. (.*)$/.exec(text) ?? []
    expect(wayOn).toBeTruthy()
    if (!way || !can(way.replaceAll('FILE', name))) return
    expect(wayOn).toContain(
      way
        .replace('box.tar', 'NAME.tar')
        .replace(/;? tar -C/, '; then make a tar archive: sudo tar -C'),
    )
    await make(at('box.tar'))
    expectAll()
  })

  it('an image, as skopeo copies it', async () => {
    const pack =
      'umoci init --layout oci; umoci new --image oci:a; umoci insert --image oci:a root /'
    const copy = 'skopeo copy -q oci:oci:a docker-archive:docker.tar:a; tar -cf oci.tar -C oci .'
    if (!can(`${pack}; ${copy}`)) return
    for (const name of ['docker.tar', 'oci.tar'])
      expect(await failure(make(at(name)))).toMatch(/is an image.*docker load.*docker export -o/)
  })
})
