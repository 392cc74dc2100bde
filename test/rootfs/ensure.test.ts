// What holds for every kind of root file system: it is there as a whole, or not at all.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { ensureRootfs } from '../../rootfs/ensure'
import { removeTemporary } from '../../rootfs/temporary'
import { file, folder, tar } from './archive'
import {
  asUser,
  at,
  exists,
  expectWhole,
  failure,
  isRoot,
  list,
  usePlace,
  withTmpfs,
} from './place'

usePlace()

const box = (...names: string[]) => at('out/box', ...names)

beforeEach(() => {
  fs.writeFileSync(at('box.tar'), tar([folder('mytemp/'), file('etc/passwd', 'root:')]))
})

const make = (options = {}) =>
  ensureRootfs('tarball', { directory: at('out'), tarball: at('box.tar'), ...options })

describe('a root file system', () => {
  it('is made again with force', async () => {
    await make()
    fs.writeFileSync(box('etc/passwd'), 'broken')
    fs.mkdirSync(box('left'))
    expect(await make({ force: true })).toMatchObject({ made: true })
    expect(fs.readFileSync(box('etc/passwd'), 'utf8')).toBe('root:')
    expect(exists(box('left'))).toBe(false)
    expect(list('out')).toEqual(['box'])
  })

  it('can be made several times at once', async () => {
    const all = await Promise.all([0, 1, 2, 3].map(() => make()))
    expect(all.filter(({ made }) => made).length).toBe(1)
    await Promise.all([0, 1, 2, 3].map(() => make({ force: true })))
    expectWhole(box())
    expect(list('out')).toEqual(['box'])
  })
})

describe.runIf(isRoot)('what is in the way', () => {
  it("stays if it is root's, and one sentence says how to remove it", async () => {
    await asUser(() => make())
    fs.mkdirSync(box('etc/made-by-root'))
    fs.writeFileSync(box('etc/made-by-root/file'), '')
    const { made, notes } = await asUser(() => make({ force: true }))
    expect({ made, isNew: !exists(box('etc/made-by-root')) }).toEqual({ made: true, isNew: true })
    const [left] = list('out').filter((name) => name !== 'box')
    const command = `sudo rm -rf ${at('out', left)}`
    expect(notes).toContain(
      'Something in an earlier one belongs to root and is still there. ' +
        `To remove it: ${command}`,
    )
    execFileSync('sh', ['-c', command.replace('sudo ', '')])
    expect(list('out')).toEqual(['box'])
  })

  it('is not removed if something is mounted in it', async () => {
    await make()
    await withTmpfs(box('mytemp'), async () => {
      fs.writeFileSync(box('mytemp/precious'), 'x')
      expect(await failure(make({ force: true }))).toMatch(/is in use: .*mytemp is mounted/)
      expect(exists(box('mytemp/precious'))).toBe(true)
    })
  })

  it('is a leftover that stays if something is mounted in it', async () => {
    await withTmpfs(at('left/proc'), () => expect(removeTemporary(at('left'))).toBe(false))
    expect(removeTemporary(at('left'))).toBe(true)
  })

  it('is named if it is a place that belongs to root', async () => {
    const text = await failure(asUser(() => make({ directory: at('new') })))
    expect(text).toContain(at('new'))
    expect(text).toMatch(/permission denied \(EACCES\).*ROOTFS_DIR/)
  })
})
