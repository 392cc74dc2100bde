// npm run docs, and how it types a transcript: on a machine that is gone afterwards.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseBlocks } from '../../tools/console/blocks'
import { cgroupVersion } from '../../tools/guide/machine'
import { drift, play } from '../../tools/guide/transcripts'
import { trees } from '../harness/cgroup'
import { mountinfo, withToken } from '../harness/proc'
import { USER } from '../harness/stand-in'
import { soon } from '../harness/waiting'
import { repository } from '../harness/work'

const console = (...lines: string[]) => ['# T', '', '```console host', ...lines, '```'].join('\n')
const blocks = (...lines: string[]) => parseBlocks(console(...lines), 'x.md')

/** What the guide's commands could leave on the real host. */
const traces = () => ({
  mounts: mountinfo('self')
    .split('\n')
    .filter((line) => line.includes('container-host-') || line.includes(repository)),
  folders: readdirSync(tmpdir()).filter((name) =>
    name.startsWith(`container-host-${process.pid}-`),
  ),
  cache: existsSync(path.join(tmpdir(), `tsx-${USER}`)),
  groups: trees
    .flatMap((tree) => readdirSync(tree))
    .filter((name) => name.startsWith('tests-') && name.endsWith(`-${process.pid}`)),
})

describe('a transcript', () => {
  test('for the other version of cgroups is not executed, and says so', async () => {
    const other = cgroupVersion === 'v1' ? 'v2' : 'v1'
    const found = parseBlocks(`\`\`\`console host cgroup=${other}\n$ echo x\ny\n\`\`\``, 'x.md')
    const played = await play(found)
    expect(played).toEqual([{ block: found[0], skipped: expect.stringContaining(other) }])
    expect(drift(played)).toEqual([])
  })

  test.each([false, true])('changes nothing on the host (as a user: %s)', async (user) => {
    const before = traces()
    const token = `guide-token-${process.pid}`
    const played = await play(
      blocks(
        `$ mkdir my-container; echo x > my-container/${token}; sudo touch steps/${token}`,
        `$ sudo mount -t tmpfs ${token} /mnt; sudo ip link add dummy1 type bridge`,
        '$ ls -1 /mnt /sys/class/net',
        ...['/mnt:', '', '/sys/class/net:', 'dummy1', 'lo'],
        '$ (exec -a sleep-forever sleep 1234.5) &',
        '...',
        `$ sudo hostname ${token}`,
        '$ node --require tsx/cjs test/harness/slowness.ts',
        '$ id -u',
        user ? `${USER}` : '0',
      ),
      { user },
    )
    expect(drift(played).join('\n')).toBe('')
    expect(existsSync(`${repository}/steps/${token}`)).toBe(false)
    expect(existsSync(`${repository}/my-container/${token}`)).toBe(false)
    expect(existsSync('/sys/class/net/dummy1')).toBe(false)
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).not.toContain(token)
    expect(await soon(() => withToken('1234.5').length === 0)).toBe(true)
    expect(traces()).toEqual({ ...before, folders: [], groups: [] })
  })

  test('without a prompt is an error with file and line, and nothing stays behind', async () => {
    await expect(play(blocks('$ exit'))).rejects.toThrow(/x\.md:4: .*shell ended/)
    expect(traces()).toMatchObject({ folders: [], groups: [] })
  })
})

describe('npm run docs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guide-docs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const guide = (name: string, text: string) => {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return file
  }

  const docs = (...args: string[]) =>
    spawnSync(process.execPath, ['tools/run.mjs', 'docs', ...args], {
      cwd: repository,
      encoding: 'utf8',
    })

  const chapter = (diffed: string, said: string) =>
    [
      '# T\n\n## 3. A\n\n<!-- diff: 02-uts 03-pid -->\n',
      `\`\`\`diff\n${diffed}\`\`\`\n`,
      `\`\`\`console host\n$ echo $$; echo said\n<pid>\n${said}\n\`\`\`\n`,
    ].join('\n')

  test('--check names what differs and changes nothing; without it, the file is updated', () => {
    const old = chapter('old\n', 'old')
    const file = guide('guide.md', old)
    const checked = docs('--check', file)
    expect(checked).toMatchObject({ status: 1, stdout: '' })
    expect(checked.stderr).toContain(`${file}:8:\n  expected: old\n       got: @@ -`)
    expect(checked.stderr).toMatch(/`echo \$\$; echo said`\n {2}expected: old\n {7}got: said/)
    expect(readFileSync(file, 'utf8')).toBe(old)

    expect(docs(file).status).toBe(0)
    const written = readFileSync(file, 'utf8')
    expect(written).toContain('+    cloneflags: CLONE_NEWUTS | CLONE_NEWPID,')
    expect(written).toContain('$ echo $$; echo said\n<pid>\nsaid\n```')
    const again = docs('--check', file)
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('1 command typed') })
  })

  test('finds nothing to check: that is a failure', () => {
    const empty = guide('empty.md', '# T\n\n## 1. A\n')
    expect(docs('--check', empty)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing to check'),
    })
  })

  test.each([
    ['--chek', 'Did you mean --check?'],
    ['nowhere.md', 'There is no file nowhere.md'],
  ])('%s is an error that says what to write', (word, message) => {
    const { status, stderr } = docs(word)
    expect(stderr).toContain(message)
    expect(status).toBe(word.startsWith('--') ? 2 : 1)
  })
})
