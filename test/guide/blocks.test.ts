// Console blocks in Markdown, and how their output is compared.
import { describe, expect, test } from 'vitest'
import { parseBlocks } from '../../tools/console/blocks'
import { compare, merge } from '../../tools/console/match'

const titled = (blocks: string) => parseBlocks(`# title\n\n${blocks}`, 'x.md')

describe('console blocks', () => {
  test('have a terminal, options, prompts of both sides, output and line numbers', () => {
    const [block, ...others] = titled(`\`\`\`console container cgroup=v2
$ npm run step -- 3 /bin/sh
$ <node> --require tsx/cjs steps/03-pid/main.ts run /bin/sh
container:/home/you# echo $$
1
\`\`\`
\`\`\`sh
$ not a console block
\`\`\``)
    expect(others).toEqual([])
    expect(block).toMatchObject({ file: 'x.md', line: 3, terminal: 'container', before: [] })
    expect(block?.options).toEqual({ cgroup: 'v2' })
    expect(block?.exchanges).toEqual([
      {
        line: 4,
        prompt: '$ ',
        input: 'npm run step -- 3 /bin/sh',
        expected: ['$ <node> --require tsx/cjs steps/03-pid/main.ts run /bin/sh'],
      },
      { line: 6, prompt: 'container:/home/you# ', input: 'echo $$', expected: ['1'] },
    ])
  })

  test('`> ` below an input continues it, and is output anywhere else', () => {
    const [block] = titled('~~~console host\nseen before\n$ cat <<E\n> one\n> E\none\n> two\n~~~')
    expect(block?.before).toEqual(['seen before'])
    expect(block?.exchanges[0]).toMatchObject({
      input: 'cat <<E\none\nE',
      expected: ['one', '> two'],
    })
  })

  test('keep their empty lines, and count lines after details and tables', () => {
    const [block] = titled(`| a |
| - |

<details>
<summary>b</summary>

~~~console host
$ c

~~~

</details>`)
    expect(block).toMatchObject({ line: 9, exchanges: [{ line: 10, expected: [''] }] })
  })

  test('without a terminal, or without an end, are errors that name the line', () => {
    expect(() => titled('```console\n```')).toThrow(/x\.md:3/)
    expect(() => titled('```console host\n$ true')).toThrow(/line 3/)
  })
})

describe('compare', () => {
  test('wildcards stand for what varies, and for nothing else', () => {
    expect(compare(['pid:[<inode>] of <pid>'], ['pid:[4026531836] of 17'])).toEqual({ ok: true })
    expect(compare(['pid <pid>'], ['pid x'])).toMatchObject({ ok: false, index: 0, got: 'pid x' })
    expect(compare(['a.c'], ['abc'])).toMatchObject({ ok: false })
    expect(compare(['<unknown>'], ['anything'])).toMatchObject({ ok: false })
  })

  test.each(['/usr/bin/node', 'sudo /opt/a b/node', 'sudo env ROOTFS=/x CI=1 /usr/bin/node'])(
    '<node> is %s',
    (node) => {
      const { ok } = compare(['$ <node> --require tsx/cjs x'], [`$ ${node} --require tsx/cjs x`])
      expect(ok).toBe(true)
    },
  )

  test('the width of columns does not matter, nor do spaces at the end', () => {
    expect(compare(['  PID CMD'], ['    PID   CMD  ']).ok).toBe(true)
    expect(compare(['PIDCMD'], ['PID CMD']).ok).toBe(false)
  })

  test('`...` stands for any number of lines, or none', () => {
    expect(compare(['a', '...', 'z'], ['a', 'z']).ok).toBe(true)
    expect(compare(['a', '...', 'z'], ['a', 'z', 'b', 'z']).ok).toBe(true)
    expect(compare(['...'], []).ok).toBe(true)
    expect(compare(['...', 'z'], ['a', 'b'])).toMatchObject({ ok: false, expected: 'z' })
  })

  test('missing and additional lines are named', () => {
    const missing = { ok: false, index: 1, expected: 'b', got: undefined }
    expect(compare(['a', 'b'], ['a'])).toEqual(missing)
    const additional = { ok: false, index: 1, expected: undefined, got: 'b' }
    expect(compare(['a'], ['a', 'b'])).toEqual(additional)
  })

  test('merge keeps the printed words, and a gap at the end, where they fit', () => {
    const merged = merge(['pid <pid>', 'old', 'end'], ['pid 4', 'new', 'end'])
    expect(merged).toEqual(['pid <pid>', 'new', 'end'])
    expect(merge(['old', '...'], ['new', 'a', 'b'])).toEqual(['new', '...'])
  })
})
