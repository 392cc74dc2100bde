// Directories that can't be layers: a sentence and a status, and nothing changed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lastOfRoot, steps, Target } from '../harness/target'
import { work } from '../harness/work'
import { canBeOrdinary, ordinaryUser } from '../harness/user'
import { isRoot } from '../native/program'

describe.skipIf(!isRoot)('--layer', () => {
  const target = Target.step(steps().at(-1) as string)
  const folder = mkdtempSync(path.join(work().otherTemporary, 'layers-'))
  const inside = path.join(target.rootfs, 'tmp/inside')
  const at = (name: string) => path.join(folder, name)

  beforeAll(() => {
    // In memory, as the work folder of a test in Docker is on an overlay.
    execFileSync('mount', ['-t', 'tmpfs', 'layers', folder])
    for (const name of ['empty', 'full', 'lower', 'upper', 'work', 'over']) mkdirSync(at(name))
    writeFileSync(at('file'), '')
    writeFileSync(at('full/file'), '')
    const options = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, at('over')])
  })

  afterAll(async () => {
    await target.close()
    execFileSync('umount', [at('over')])
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })

  const run = async (layer: string, script: string, wrap: string[] = [], of = target) => {
    const words = ['/bin/sh', '-c', script]
    const ended = await of.run(words, { options: ['--layer', layer], wrap })
    return { ...ended, stdout: `${ended.stdout}` }
  }

  const refused: [what: string, layer: string, words: RegExp][] = [
    ['a file', at('file'), /file must be a directory/],
    ['a directory with other files', at('full'), /holds other files, such as file/],
    ['the rootfs', target.rootfs, /are one directory, or lie in each other/],
    ['a directory in the rootfs', inside, /lie in each other/],
    ['the directory that the rootfs is in', work().folder, /lie in each other/],
    ['a layer above itself', `${at('empty')}:${at('empty')}`, /are one directory/],
    ['no directory to make it in', at('none/new'), /none isn't there/],
    ['no layer below', `${at('new')}:${at('none')}`, /none isn't there/],
    ['a directory below that is no layer', `${at('new')}:${at('empty')}`, /has no directory upper/],
    ['nothing after a colon', `${at('new')}:`, /missing after a colon/],
    ['~ after a colon', `${at('new')}:~/old`, /~\/old isn't there\nhint: .*\$HOME/],
  ]
  test.each(refused)('%s is refused', async (_, layer, words) => {
    const before = readdirSync(folder, { recursive: true })
    const { status, stdout, stderr } = await run(layer, 'echo ran')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^--layer/)
    expect(stderr).toMatch(words)
    expect(readdirSync(folder, { recursive: true })).toEqual(before)
    expect(existsSync(inside)).toBe(false)
  })

  test.skipIf(!canBeOrdinary(target.main))('nor is a directory of another user', async () => {
    const { status, stdout, stderr } = await target.run(['/bin/true'], {
      options: ['--layer', at('empty')],
      user: ordinaryUser(),
    })
    expect({ status, stdout: `${stdout}` }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(
      /^--layer: .*\/empty belongs to another user: name a directory of your own$/m,
    )
    expect(readdirSync(at('empty'))).toEqual([])
  })

  test('an empty word is a wrong command line', async () => {
    expect(await run('', 'echo ran')).toMatchObject({ status: 2, stdout: '' })
  })

  const inMemory = (layer: string, why: string) => ({
    status: 0,
    stdout: 'x\n',
    stderr: `--layer ${at(layer)}: ${why}; what is written ends with the container\n`,
  })
  const words = "overlayfs can't write to a file system of this kind"

  test('where overlayfs can’t write, memory takes its place, and a line says so', async () => {
    expect(await run(at('over/new'), 'echo x > /x; cat /x')).toMatchObject(
      inMemory('over/new', words),
    )
    expect(readdirSync(at('over/new'))).toEqual([])
  })

  test('nor on a file system without owners and modes, such as vfat', async () => {
    const calls = '?chmod,?chown,?lchown,?fchmodat,?fchmodat2,?fchownat'
    const wrap = ['strace', '-f', '-o', at('trace'), '-e', `trace=${calls}`]
    wrap.push('-e', `inject=${calls}:error=EPERM`)
    const ended = await run(at('over/fat'), 'echo x > /x; cat /x', wrap)
    expect(ended).toMatchObject(inMemory('over/fat', "the container can't write there (EACCES)"))
    expect(readdirSync(at('over/fat'))).toEqual([])
  })

  test('nor where overlayfs itself may not, such as NFS; what it made there goes', async () => {
    mkdirSync(at('nfs/work/work'), { recursive: true })
    const wrap = ['strace', '-f', '-o', at('trace'), '-e', 'trace=mount']
    wrap.push('-e', 'inject=mount:error=EACCES:when=2')
    const earlier = Target.step(lastOfRoot)
    const ended = await run(at('nfs'), 'echo x > /x; cat /x', wrap, earlier)
    await earlier.close()
    expect(ended).toMatchObject(inMemory('nfs', "the container can't write there (EACCES)"))
    expect(readdirSync(at('nfs'))).toEqual([])
  })

  test('what an earlier run kept there is not passed over', async () => {
    mkdirSync(at('over/kept/upper/folder'), { recursive: true })
    expect(await run(at('over/kept'), 'echo ran')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/over\/kept: overlayfs can't .* would not be seen\n$/),
    })
    expect(readdirSync(at('over/kept/upper'))).toEqual(['folder'])
  })

  test('any name will do', async () => {
    const odd = at('a, b\\c=d e')
    expect(await run(odd, 'echo x > /x')).toMatchObject({ status: 0, stderr: '' })
    expect(await run(`:${odd}`, 'cat /x')).toMatchObject({ status: 0, stdout: 'x\n', stderr: '' })
  })

  // Step 14 copies a rootfs that is on an overlay: nothing can show it to other users.
  test('a rootfs on an overlay on an overlay is one too many: it says so', async () => {
    const earlier = Target.step(lastOfRoot)
    for (const name of ['upper-2', 'work-2', 'over-2']) mkdirSync(at(name))
    const root = at('over/root')
    execFileSync('cp', ['-a', target.rootfs, root])
    const shown = await earlier.run(['/bin/true'], { env: { ROOTFS: root } })
    expect(shown).toMatchObject({ status: 0, stderr: '' })
    const options = `lowerdir=${root},upperdir=${at('upper-2')},workdir=${at('work-2')}`
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, at('over-2')])
    try {
      const { status, stderr } = await earlier.run(['/bin/true'], { env: { ROOTFS: at('over-2') } })
      expect(status).toBe(1)
      expect(stderr).toMatch(/^EINVAL.*mount 'overlay'.*\nhint: overlayfs refuses.*ROOTFS/)
    } finally {
      execFileSync('umount', [at('over-2')])
    }
  })
})
