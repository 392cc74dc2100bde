// Users of a user namespace, and files shown to them.
import { chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { chmodSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { copyShifted } from '#shared/shift'
import { steps, Target } from '../harness/target'
import { canBeOrdinary, ordinaryUser } from '../harness/user'
import { leaveRoot, newRoot } from '../harness/roots'
import { isRoot, run as runProgram } from '../native/program'

test.skipIf(!isRoot)("root's containers get 65536 users that are nobody's", async () => {
  const { value } = await runProgram(async ({ native, fs }) => {
    let seen: string[] = []
    const status = await native.spawn('sh', ['-c', 'test $(id -u) = 0'], {
      cloneflags: native.CLONE_NEWUSER,
      beforeExec(pid) {
        native.mapIds(pid)
        seen = ['uid', 'gid'].map((kind) => fs.readFileSync(`/proc/${pid}/${kind}_map`, 'utf8'))
        seen.push(`${native.rootOf(pid, 'uid') >= 65536}`)
      },
    })
    return { status, seen, last: native.lastGid() }
  })
  const map = expect.stringMatching(/^\s+0\s+\d{5,}\s+65536\n$/)
  expect(value).toEqual({ status: 0, seen: [map, map, 'true'], last: 0x7fffffff })
})

test.skipIf(!isRoot)('a copy has its owners shifted, its modes and links kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shift-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [from, to] = [join(folder, 'from'), join(folder, 'to')]
  for (const directory of [from, to, join(from, 'sub')]) mkdirSync(directory)
  writeFileSync(join(from, 'sub/file'), 'text')
  chownSync(join(from, 'sub/file'), 5, 6)
  chmodSync(join(from, 'sub/file'), 0o4755)
  chmodSync(join(from, 'sub'), 0o1777)
  symlinkSync('nowhere', join(from, 'link'))
  copyShifted(from, to, 1000, 2000)
  const shown = ['', 'sub', 'sub/file', 'link'].map((name) => {
    const { uid, gid, mode } = lstatSync(join(to, name))
    return [uid, gid, name === 'link' ? 'link' : (mode & 0o7777).toString(8)]
  })
  const { mode } = lstatSync(from)
  expect(shown).toEqual([
    [1000, 2000, (mode & 0o7777).toString(8)],
    [1000, 2000, '1777'],
    [1005, 2006, '4755'],
    [1000, 2000, 'link'],
  ])
})

describe.skipIf(!isRoot)('owners that a container lacks', () => {
  const target = Target.step(steps().at(-1) as string)
  afterAll(() => target.close())

  /** Gives files of a rootfs away, and runs a script in it. */
  async function run(owner: number, names: string[], user = 0) {
    const ROOTFS = newRoot()
    onTestFinished(() => leaveRoot(ROOTFS))
    for (const name of names) chownSync(join(ROOTFS, name), owner, owner)
    const TMPDIR = mkdtempSync(join(ROOTFS, 'tmp/for-user-'))
    chownSync(TMPDIR, user, user)
    const words = ['/bin/sh', '-c', 'stat -c %u /etc']
    const { status, stdout, stderr } = await target.run(words, { env: { ROOTFS, TMPDIR }, user })
    return { ROOTFS, status, stdout: `${stdout}`, stderr }
  }
  const said = (file: string, todo: string) =>
    expect.stringMatching(
      `^${file} belongs to \\d+:\\d+, and the container has no such user: it's nobody's .*${todo}`,
    )

  test('are named to root, and the container runs', async () => {
    const { ROOTFS, ...ended } = await run(1000000, ['etc'])
    const stderr = said(`${ROOTFS}/etc`, 'give it to an ID below 65536 with chown\n$')
    expect(ended).toEqual({ status: 0, stdout: '65534\n', stderr })
  })

  test('are those above 65535', async () => {
    const ended = await run(65535, ['etc', 'tmp', '.'])
    expect(ended).toMatchObject({ status: 0, stdout: '65535\n', stderr: '' })
  })

  test.skipIf(!canBeOrdinary(target.main))('are all others to an ordinary user', async () => {
    const { ROOTFS, ...ended } = await run(0, [], ordinaryUser())
    expect(ended).toMatchObject({ status: 0, stdout: '65534\n' })
    expect(ended.stderr).toEqual(said(ROOTFS, 'ROOTFS=…'))
  })
})
