import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { chapters } from '../../tools/guide/chapters'
import { cgroupVersion } from '../../tools/guide/machine'
import { drift, play, rewrite } from '../../tools/guide/transcripts'
import { trees } from '../harness/cgroup'
import { mountinfo, until, withToken } from '../harness/proc'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

const chapterOf = (...lines: string[]) => {
  const markdown = ['## 1. A', '', ...lines, ''].join('\n')
  const [chapter] = chapters(markdown, 'x.md')
  if (!chapter) throw new Error('no chapter')
  return { markdown, chapter }
}

// Each starts Node, and some a whole host, several times.
vi.setConfig({ testTimeout: 90_000 * slowness })

/** What the guide's commands could leave on the real host. */
const traces = () => ({
  mounts: mountinfo('self')
    .split('\n')
    .filter((line) => line.includes('container-guide-') || line.includes(repository)),
  folders: readdirSync(tmpdir()).filter((name) =>
    name.startsWith(`container-guide-${process.pid}-`),
  ),
  cache: existsSync(path.join(tmpdir(), 'tsx-54321')),
  groups: trees
    .flatMap((tree) => readdirSync(tree))
    .filter((name) => name.startsWith('guide-') && name.endsWith(`-${process.pid}`)),
})

describe('a transcript', () => {
  test('that drifted is named with file, line, expected and got, and rewritten with the wildcards that fit', async () => {
    const { markdown, chapter } = chapterOf(
      '```console host',
      '$ echo $$; echo two; echo three',
      '<pid>',
      'zwei',
      'three',
      '$ echo fine',
      'fine',
      '```',
    )
    const played = await play(chapter)
    expect(drift(played)).toEqual([
      'x.md:6: `echo $$; echo two; echo three`\n  expected: zwei\n       got: two\n  all of it: ' +
        `${played[0] && 'got' in played[0] ? played[0].got[0] : ''}\n             two\n             three`,
    ])
    expect(rewrite(markdown, played)).toBe(markdown.replace('zwei', 'two'))
  })

  test('for the other version of cgroups is not executed, and says so', async () => {
    const other = cgroupVersion === 'v1' ? 'v2' : 'v1'
    const { chapter } = chapterOf(`\`\`\`console host cgroup=${other}`, '$ echo x', 'y', '```')
    const played = await play(chapter)
    expect(played).toEqual([{ block: chapter.blocks[0], skipped: expect.stringContaining(other) }])
    expect(drift(played)).toEqual([])
  })

  test.each([false, true])('changes nothing of the host (as a user: %s)', async (user) => {
    const before = traces()
    const token = `guide-token-${process.pid}`
    const { chapter } = chapterOf(
      '```console host',
      `$ mkdir my-container; echo x > my-container/${token}; sudo touch steps/${token}`,
      `$ sudo mount -t tmpfs ${token} /mnt; sudo ip link add dummy1 type bridge; ls -1 /mnt /sys/class/net`,
      '/mnt:',
      '',
      '/sys/class/net:',
      'dummy1',
      'lo',
      '$ (exec -a sleep-forever sleep 1234.5) &',
      '...',
      `$ sudo hostname ${token}`,
      '$ node --require tsx/cjs test/lib/slowness.ts',
      '$ id -u',
      user ? '54321' : '0',
      '```',
    )
    expect(drift(await play(chapter, { user })).join('\n')).toBe('')
    expect(existsSync(`${repository}/steps/${token}`)).toBe(false)
    expect(existsSync(`${repository}/my-container/${token}`)).toBe(false)
    expect(existsSync('/sys/class/net/dummy1')).toBe(false)
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).not.toContain(token)
    expect(await until(() => withToken('1234.5').length === 0)).toBe(true)
    expect(traces()).toEqual({ ...before, folders: [], groups: [] })
  })

  test('that leaves no prompt is an error with file and line, and nothing stays behind', async () => {
    const { chapter } = chapterOf('```console host', '$ exit', '```')
    await expect(play(chapter)).rejects.toThrow(/x\.md:4: .*shell ended/)
    expect(traces()).toMatchObject({ folders: [], groups: [] })
  })
})

describe('npm run docs', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'guide-docs-'))
    mkdirSync(path.join(folder, 'sub'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const lines = (diffed: string, said: string) =>
    [
      '# T\n\n## 1. A\n\n<!-- diff: 02-uts 03-pid -->\n',
      `\`\`\`diff\n${diffed}\`\`\`\n`,
      `\`\`\`console host\n$ echo said\n${said}\n\`\`\`\n`,
    ].join('\n')

  const docs = (...args: string[]) =>
    spawnSync(process.execPath, ['tools/run.mjs', 'docs', ...args], {
      cwd: repository,
      encoding: 'utf8',
    })

  test('--check names what differs and changes nothing; without it the file is brought in line', () => {
    const file = path.join(folder, 'guide.md')
    writeFileSync(file, lines('old\n', 'old'))
    const checked = docs('--check', file)
    expect(checked).toMatchObject({ status: 1, stdout: '' })
    expect(checked.stderr).toContain(`${file}:8:\n  expected: old\n       got: @@ -`)
    expect(checked.stderr).toMatch(/`echo said`\n {2}expected: old\n {7}got: said/)
    expect(readFileSync(file, 'utf8')).toBe(lines('old\n', 'old'))

    expect(docs(file).status).toBe(0)
    const written = readFileSync(file, 'utf8')
    expect(written).toContain('+    cloneflags: CLONE_NEWUTS | CLONE_NEWPID,')
    expect(written).toContain('$ echo said\nsaid\n```')
    expect(docs('--check', file)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('1 command'),
    })
  })

  test('a marker that leads nowhere is an error with file and line', () => {
    const file = path.join(folder, 'nowhere.md')
    writeFileSync(file, '# T\n\n<!-- code: steps/99/main.ts -->\n\n```ts\n```\n')
    expect(docs('--check', file)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nowhere\.md:3: code: steps\/99\/main\.ts: ENOENT/),
    })
  })

  test('wrong words are named, with those that were meant', () => {
    expect(docs('--chek')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean --check?'),
    })
  })
})
