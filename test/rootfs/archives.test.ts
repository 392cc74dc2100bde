// Hostile archives: whatever is in them, nothing outside of the directory they are unpacked into
// changes, and a root file system is made whole or not at all. `npm test` tries 100 of them,
// `npm run test:all` 600.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureRootfs } from '../../rootfs/ensure'
import { Problem } from '../../tools/setup/terminal.mjs'
import { SEED } from '../harness/random'
import { slowness } from '../harness/slowness'
import { hostileArchive } from './archive'

const runs = Number(process.env.FUZZ_ARCHIVES ?? (process.env.TEST_STEPS === 'all' ? 600 : 100))

const base = fs.mkdtempSync(path.join(tmpdir(), 'container-archives-'))
const outside = path.join(base, 'outside')
const target = path.join(base, 'out')

beforeAll(() => {
  fs.chmodSync(base, 0o755) // where other users get, no program may lend its owner's rights
  for (const directory of [outside, path.join(outside, 'directory'), target])
    fs.mkdirSync(directory)
  fs.writeFileSync(path.join(outside, 'file'), 'as it was')
  fs.symlinkSync('file', path.join(outside, 'link'))
})
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

/** Every file, with all that changes when it changes, such as the kernel's time for that. */
function files(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
    const file = path.join(directory, name)
    const { mode, uid, gid, nlink, ino, ctimeNs } = fs.lstatSync(file, { bigint: true })
    return [name, mode, uid, gid, nlink, ino, ctimeNs].join(' ')
  })
}

// What no archive may bring: devices, FIFOs, sockets, programs that lend their owner's rights.
const harmless = ['-type', 'd', '-o', '-type', 'l', '-o', '-type', 'f', '!', '-perm', '/6000']
const strange = (directory: string) =>
  execFileSync('find', [directory, '!', '(', ...harmless, ')'], { encoding: 'utf8' })

// Nothing that would move the cursor, or turn the rest of the line round.
const PRINTABLE = /^[^\p{Cc}\p{Bidi_Control}]+$/u

const outcomes = { made: 0, refused: 0 }

async function unpackOne(bytes: Buffer): Promise<void> {
  const tarball = path.join(base, 'box.tar')
  fs.writeFileSync(tarball, bytes)
  try {
    const { path: made, notes } = await ensureRootfs('tarball', { tarball, directory: target })
    expect(strange(made)).toBe('')
    for (const note of notes) expect(note).toMatch(PRINTABLE)
    outcomes.made++
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(error.message).toMatch(PRINTABLE)
    expect(fs.readdirSync(target)).toEqual([])
    outcomes.refused++
  }
  fs.rmSync(target, { recursive: true, force: true })
  fs.mkdirSync(target)
}

test(
  `${runs} hostile archives change nothing outside and leave nothing half-made`,
  async () => {
    const before = files(outside)
    const property = fc.asyncProperty(hostileArchive(outside), async (bytes) => {
      await unpackOne(bytes)
      expect(files(outside)).toEqual(before)
      expect(fs.readdirSync(base).sort()).toEqual(['box.tar', 'out', 'outside'])
    })
    await fc.assert(property, { seed: SEED, numRuns: runs })
    // If all were refused, or all were fine, that would prove little.
    expect(outcomes.made).toBeGreaterThan(runs / 100)
    expect(outcomes.refused).toBeGreaterThan(runs / 20)
  },
  300_000 * slowness,
)
