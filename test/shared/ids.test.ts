// Users of a user namespace, and files shown to them.
import { chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { chmodSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { copyShifted } from '#shared/shift'
import { isRoot, run } from '../native/program'

test.skipIf(!isRoot)("root's containers get 65536 users that are nobody's", async () => {
  const { value } = await run(async ({ native, fs }) => {
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
