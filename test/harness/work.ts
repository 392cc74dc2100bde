// The scratch folder of a test run: its rootfs, the fixture program, and a file only the host has.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { HarnessError } from './claim'

export const repository = path.resolve(__dirname, '../..')

const prefix = 'container-test-'
const variable = 'CONTAINER_TEST_WORK'

/** The folder of this run: made when first asked for, inherited through the environment. */
export function work(): Work {
  return placesIn(process.env[variable] ?? makeWork())
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

function makeWork(): string {
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

function fill(places: Work): void {
  const { fixture, mountPoint, temporary, otherTemporary, hostMarker, secret } = places
  fs.writeFileSync(hostMarker, secret)
  fs.mkdirSync(mountPoint)
  fs.mkdirSync(temporary)
  fs.mkdirSync(otherTemporary)
  fs.mkdirSync(path.dirname(fixture))
  // A kit has it compiled, for machines without a compiler.
  const compiled = path.join(repository, 'build/fixture')
  if (fs.existsSync(compiled)) fs.copyFileSync(compiled, fixture)
  else compile(path.join(repository, 'test/harness/fixture.c'), fixture)
  makeRoots(places)
}

function compile(source: string, program: string): void {
  try {
    execFileSync('cc', ['-O1', '-static', '-o', program, source, '-lrt'], { stdio: 'pipe' })
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error)
    throw new HarnessError(`cc couldn't compile test/harness/fixture.c: ${said}`)
  }
}

let roots = 0

/** Makes one more rootfs like the first, for a program that must not meet what others leave. */
export function newRoot(name = 'test'): string {
  const { folder } = work()
  const root = path.join(folder, `rootfs-${process.pid}-${++roots}`)
  makeRoot(root, name)
  bringTools(folder, root)
  return root
}

function makeRoots({ folder, rootfs, otherRootfs }: Work): void {
  makeRoot(rootfs, 'test')
  makeRoot(otherRootfs, 'other')
  bringTools(folder, rootfs)
}

function makeRoot(root: string, name: string): void {
  const built = path.join(repository, 'rootfs/busybox')
  if (!fs.existsSync(path.join(built, 'bin')))
    throw new HarnessError('there is no rootfs/busybox: npm run rootfs')
  fs.cpSync(built, root, copying)
  fs.writeFileSync(path.join(root, 'which-rootfs'), `${name}\n`)
}

/** The fixture, and a folder to mount on, where they are on the host too. */
function bringTools(folder: string, root: string): void {
  for (const name of ['fixture', 'mnt'])
    fs.cpSync(path.join(folder, name), path.join(root, folder, name), copying)
}

const copying = { recursive: true, verbatimSymlinks: true }
