// The scratch folder of a test run: its rootfs, the fixture program, and a file only the host has.
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { bringFixture } from './fixtures'
import { copyRoot, nameRoot, rootWith } from './rootfs'

export const repository = path.resolve(__dirname, '../..')

const prefix = 'container-test-'
const variable = 'CONTAINER_TEST_WORK'

/** The folder of this run: made when first asked for, inherited through the environment. */
export function work(): Work {
  return placesIn(process.env[variable] ?? makeWork(fillAll))
}

/** Makes it without a rootfs, for those who make their own. */
export function workWithoutRoots(): void {
  if (process.env[variable] === undefined) makeWork(fill)
}

function placesIn(folder: string) {
  return {
    folder,
    /** A copy of rootfs/busybox with the fixture in it: no test writes into the checkout. */
    rootfs: path.join(folder, 'rootfs'),
    /** A second one, whose `/which-rootfs` says "other". */
    otherRootfs: path.join(folder, 'other'),
    /** The fixture program: the same path leads to it on the host and in the rootfs. */
    fixture: path.join(folder, 'fixture', 'fixture'),
    /** A folder to mount on: the same path on the host and in the rootfs. */
    mountPoint: path.join(folder, 'mnt'),
    /** TMPDIR of the programs under test. */
    temporary: path.join(folder, 'tmp'),
    /** TMPDIR of other programs, which may be at work while a host is compared with before. */
    otherTemporary: path.join(folder, 'other-tmp'),
    /** A file on the host that isn't in any rootfs. */
    hostMarker: path.join(folder, 'host-marker'),
    /** Its content. */
    secret: `secret-of-${path.basename(folder)}`,
  }
}

type Work = ReturnType<typeof placesIn>

/** Forgets an inherited folder, which isn't ours to remove: the next call makes a new one. */
export function leaveWork(): void {
  delete process.env[variable]
}

export function removeWork(): void {
  const folder = process.env[variable]
  if (folder === undefined || !path.basename(folder).startsWith(prefix)) return
  delete process.env[variable]
  fs.rmSync(folder, { recursive: true, force: true })
}

function makeWork(fill: (places: Work) => void): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), prefix))
  try {
    fs.chmodSync(folder, 0o755)
    fill(placesIn(folder))
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true })
    throw error
  }
  // Last, so that nobody uses a half-made one.
  process.env[variable] = folder
  return folder
}

function fillAll(places: Work): void {
  fill(places)
  fillRoots(places)
}

function fill(places: Work): void {
  const { fixture, mountPoint, temporary, otherTemporary, hostMarker, secret } = places
  fs.writeFileSync(hostMarker, secret)
  fs.mkdirSync(mountPoint)
  fs.mkdirSync(temporary)
  fs.mkdirSync(otherTemporary)
  fs.mkdirSync(path.dirname(fixture))
  bringFixture('test/harness/fixture.c', fixture)
}

/** What a root file system of the tests has of the folder. */
export const tools = ['fixture', 'mnt']

function fillRoots({ folder, rootfs, otherRootfs }: Work): void {
  rootWith(rootfs, folder, tools)
  nameRoot(rootfs, 'test')
  copyRoot(otherRootfs)
  nameRoot(otherRootfs, 'other')
}
