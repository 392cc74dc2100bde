import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBlocks } from '../../tools/console/blocks'
import { compare, merge } from '../../tools/console/match'
import { Session } from '../../tools/console/session'
import { alive } from '../harness/proc'
import { repository } from '../harness/work'

const busybox = `'${join(repository, 'rootfs/busybox/bin/busybox')}'`
const markdown = (...lines: string[]) => ['# title', '', ...lines].join('\n')

describe('console blocks', () => {
  test('terminal, options, prompts of both sides, output and line numbers', () => {
    const [block, ...others] = parseBlocks(
      markdown(
        '```console container cgroup=v2',
        '$ npm run step -- 3 /bin/sh',
        '$ <node> --require tsx/cjs steps/03-pid/main.ts run /bin/sh',
        'container:/home/you# echo $$',
        '1',
        '```',
        '```sh',
        '$ not a console block',
        '```',
      ),
      'x.md',
    )
    expect(others).toEqual([])
    expect(block).toEqual({
      file: 'x.md',
      line: 3,
      terminal: 'container',
      options: { cgroup: 'v2' },
      before: [],
      exchanges: [
        {
          line: 4,
          prompt: '$ ',
          input: 'npm run step -- 3 /bin/sh',
          expected: ['$ <node> --require tsx/cjs steps/03-pid/main.ts run /bin/sh'],
        },
        { line: 6, prompt: 'container:/home/you# ', input: 'echo $$', expected: ['1'] },
      ],
    })
  })

  test('`> ` below an input goes on with it, and is output anywhere else', () => {
    const [block] = parseBlocks(
      markdown(
        '```console host',
        'seen before',
        '$ cat <<E',
        '> one',
        '> E',
        'one',
        '> two',
        '```',
      ),
      'x.md',
    )
    expect(block?.before).toEqual(['seen before'])
    expect(block?.exchanges[0]).toMatchObject({
      input: 'cat <<E\none\nE',
      expected: ['one', '> two'],
    })
  })

  test('a block without a terminal, and one without an end, are errors that name the line', () => {
    expect(() => parseBlocks(markdown('```console', '```'), 'x.md')).toThrow(/x\.md:3/)
    expect(() => parseBlocks(markdown('```console host', '$ true'), 'x.md')).toThrow(/line 3/)
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
    (node) =>
      expect(compare(['$ <node> --require tsx/cjs x'], [`$ ${node} --require tsx/cjs x`]).ok).toBe(
        true,
      ),
  )

  test('the width of columns does not matter, nor does space at the end', () => {
    expect(compare(['  PID CMD'], ['    PID   CMD  ']).ok).toBe(true)
    expect(compare(['PIDCMD'], ['PID CMD']).ok).toBe(false)
  })

  test('`...` stands for any number of lines, also none', () => {
    expect(compare(['a', '...', 'z'], ['a', 'z']).ok).toBe(true)
    expect(compare(['a', '...', 'z'], ['a', 'z', 'b', 'z']).ok).toBe(true)
    expect(compare(['...'], []).ok).toBe(true)
    expect(compare(['...', 'z'], ['a', 'b'])).toMatchObject({ ok: false, expected: 'z' })
  })

  test('missing and additional lines are named', () => {
    expect(compare(['a', 'b'], ['a'])).toEqual({
      ok: false,
      index: 1,
      expected: 'b',
      got: undefined,
    })
    expect(compare(['a'], ['a', 'b'])).toEqual({
      ok: false,
      index: 1,
      expected: undefined,
      got: 'b',
    })
  })

  test('merge keeps the printed words where they fit', () => {
    expect(merge(['pid <pid>', 'old', 'end'], ['pid 4', 'new', 'end'])).toEqual([
      'pid <pid>',
      'new',
      'end',
    ])
  })
})

describe('a session', () => {
  async function withSession(
    act: (session: Session) => Promise<void>,
    options = {},
  ): Promise<void> {
    const session = new Session({ cwd: '/usr', ...options })
    try {
      await act(session)
    } finally {
      await session.close()
    }
  }

  test('keeps its state, gives output without echo and prompt, also of several lines', () =>
    withSession(async (session) => {
      expect(await session.run('cd bin; x=5')).toEqual([])
      expect(await session.run('pwd; echo $x; tty > /dev/null && echo tty')).toEqual([
        '/usr/bin',
        '5',
        'tty',
      ])
      expect(await session.run('cat <<E\n one\ntwo\nE')).toEqual([' one', 'two'])
      expect(await session.run('printf "no end"')).toEqual(['no end'])
      expect(await session.run('printf "\\033[31mred\\033[0m\\n\\n"')).toEqual(['red', ''])
    }))

  test('sees the prompt of a container, in the shell of the host and in ash, and the host again after exit', () =>
    withSession(async (session) => {
      expect(await session.run("env -i PS1='container:$PWD# ' /bin/sh")).toEqual([])
      expect(await session.run('echo in; cd /etc')).toEqual(['in'])
      expect(await session.run('pwd')).toEqual(['/etc'])
      expect((await session.run(`env -i PS1='container:$PWD# ' ${busybox} ash`)).join()).toMatch(
        /BusyBox/,
      )
      expect(await session.run('echo in ash')).toEqual(['in ash'])
      expect(await session.run('exit')).toEqual([])
      expect(await session.run('exit 3')).toEqual([])
      expect(await session.run('echo $?')).toEqual(['3'])
    }))

  test('a line wider than the terminal', () =>
    withSession(
      async (session) => {
        const long = 'x'.repeat(90)
        expect(await session.run(`echo ${long} | wc -c`)).toEqual(['91'])
        await session.run(`env -i PS1='container:$PWD# ' ${busybox} ash`)
        expect(await session.run(`echo ${long} | ${busybox} wc -c`)).toEqual(['91'])
      },
      { cols: 40 },
    ))

  test('no prompt in time is an error that shows the screen', () =>
    withSession(async (session) => {
      await expect(session.run('echo waiting; sleep 20', 500)).rejects.toThrow(
        /no prompt within 0.5 s.*waiting/s,
      )
    }))

  test('everything shown is heard, with the time', () =>
    withSession(async (session) => {
      const heard: [string, number][] = []
      session.onData((text, seconds) => heard.push([text, seconds]))
      await session.run('echo a; sleep 0.2; echo b')
      expect(heard.map(([text]) => text).join('')).toMatch(/a\r\n.*b\r\n/s)
      const seconds = heard.map(([, time]) => time)
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
      expect((seconds.at(-1) ?? 0) - (seconds[0] ?? 0)).toBeGreaterThan(0.15)
    }))

  test('closing it ends what runs in it', async () => {
    const session = new Session()
    const [pid] = await session.run('sleep 300 & echo $!').then((lines) => lines.slice(-1))
    await session.close()
    await expect.poll(() => alive(Number(pid))).toBe(false)
  })
})
