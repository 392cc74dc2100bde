// Hostile archives: whatever is in them, nothing outside of the directory they are unpacked into changes, and a root
// file system is made whole or not at all. FUZZ_ARCHIVES says how many, FUZZ_SEED makes those of an earlier run again.
import { randomInt } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureRootfs } from '../../rootfs/ensure'
import { Problem } from '../../rootfs/problem'
import { slowness } from '../harness/slowness'
import { hostileArchive } from './archive'

const runs = Number(process.env.FUZZ_ARCHIVES ?? 600)
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))

const base = fs.mkdtempSync(path.join(tmpdir(), 'container-archives-'))
const outside = path.join(base, 'outside')
const target = path.join(base, 'out')

beforeAll(() => {
  for (const directory of [outside, path.join(outside, 'directory'), target])
    fs.mkdirSync(directory)
  fs.writeFileSync(path.join(outside, 'file'), 'as it was')
  fs.symlinkSync('file', path.join(outside, 'link'))
})
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

/** Every file, with all that a change of it changes: the kernel's time of its last change, its mode, its links. */
function files(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
    const file = path.join(directory, name)
    const { mode, uid, gid, nlink, ino, ctimeNs } = fs.lstatSync(file, { bigint: true })
    return [name, mode, uid, gid, nlink, ino, ctimeNs].join(' ')
  })
}

// What may not be there of an archive: devices, FIFOs, sockets. Not readdir's own recursion, which follows links to directories.
function strange(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return strange(path.join(directory, entry.name))
    return entry.isFile() || entry.isSymbolicLink() ? [] : entry.name
  })
}

const outcomes = { made: 0, refused: 0 }

async function unpackOne(bytes: Buffer): Promise<void> {
  const tarball = path.join(base, 'box.tar')
  fs.writeFileSync(tarball, bytes)
  try {
    const { path: made } = await ensureRootfs('tarball', { tarball, directory: target })
    expect(strange(made)).toEqual([])
    outcomes.made++
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(error.message).toMatch(/^[^\p{Cc}\p{Bidi_Control}]+$/u)
    expect(fs.readdirSync(target)).toEqual([])
    outcomes.refused++
  }
  fs.rmSync(target, { recursive: true, force: true })
  fs.mkdirSync(target)
}

test(
  `${runs} hostile archives, seed ${seed}: nothing outside changes, nothing half-made is left`,
  async () => {
    const before = files(outside)
    const property = fc.asyncProperty(hostileArchive(outside), async (bytes) => {
      await unpackOne(bytes)
      expect(files(outside)).toEqual(before)
      expect(fs.readdirSync(base).sort()).toEqual(['box.tar', 'out', 'outside'])
    })
    await fc.assert(property, { seed, numRuns: runs })
    // Archives that are all refused, or all fine, would prove little.
    expect(outcomes.made).toBeGreaterThan(runs / 100)
    expect(outcomes.refused).toBeGreaterThan(runs / 20)
  },
  60_000 * slowness,
)
