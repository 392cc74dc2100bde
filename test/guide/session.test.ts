// A shell at its own terminal, as the guide and the deck type into it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Session } from '../../tools/console/session'
import { alive, withArgv } from '../harness/proc'
import { soon } from '../harness/waiting'
import { repository } from '../harness/work'

const busybox = `'${join(repository, 'rootfs/busybox/bin/busybox')}'`

async function withSession(act: (session: Session) => Promise<void>, options = {}): Promise<void> {
  const session = new Session({ cwd: '/usr', ...options })
  try {
    await act(session)
  } finally {
    await session.close()
  }
}

test('keeps its state, and gives output without echo and prompt', () =>
  withSession(async (session) => {
    expect(await session.run('cd bin; x=5')).toEqual([])
    const lines = await session.run('pwd; echo $x; tty > /dev/null && echo tty')
    expect(lines).toEqual(['/usr/bin', '5', 'tty'])
    expect(await session.run('cat <<E\n one\ntwo\nE')).toEqual([' one', 'two'])
    expect(await session.run('printf "no end"')).toEqual(['no end'])
    expect(await session.run('printf "\\033[31mred\\033[0m\\n\\n"')).toEqual(['red', ''])
  }))

test("sees a container's prompt, of the host's shell and of ash, and the host's after exit", () =>
  withSession(async (session) => {
    expect(await session.run("env -i PS1='container:$PWD# ' /bin/sh")).toEqual([])
    expect(await session.run('echo in; cd /etc')).toEqual(['in'])
    expect(await session.run('pwd')).toEqual(['/etc'])
    const hello = await session.run(`env -i PS1='container:$PWD# ' ${busybox} ash`)
    expect(hello.join()).toMatch(/BusyBox/)
    expect(await session.run('echo in ash')).toEqual(['in ash'])
    expect(await session.run('exit')).toEqual([])
    expect(await session.run('exit 3')).toEqual([])
    expect(await session.run('echo $?')).toEqual(['3'])
  }))

test("takes no printed PS1 for a container's prompt, however long the next line takes", () =>
  withSession(async (session) => {
    const slow = `printf 'PS1=container:$PWD# '; sleep 0.5; echo; echo end`
    expect(await session.run(slow)).toEqual(['PS1=container:$PWD# ', 'end'])
  }))

test('handles a line wider than the terminal', () =>
  withSession(
    async (session) => {
      const long = 'x'.repeat(90)
      expect(await session.run(`echo ${long} | wc -c`)).toEqual(['91'])
      await session.run(`env -i PS1='container:$PWD# ' ${busybox} ash`)
      expect(await session.run(`echo ${long} | ${busybox} wc -c`)).toEqual(['91'])
    },
    { cols: 40 },
  ))

test('says if the shell ended, and what the terminal showed', () =>
  withSession(async (session) => {
    const ended = session.run('echo good bye; exit')
    await expect(ended).rejects.toThrow(/no prompt after `.*`: the shell ended; .*good bye/s)
  }))

test('says if there is no prompt of the container that a transcript wants', () =>
  withSession(async (session) => {
    await expect(session.prompted('container')).rejects.toThrow('no prompt of a container')
  }))

test('says if there is no prompt in time', () =>
  withSession((session) => expect(session.run('cat')).rejects.toThrow(/no prompt .* within 1 s/), {
    patience: 1000,
  }))

test('ends what runs in it when it is closed', async () => {
  const session = new Session()
  const lines = await session.run('sleep 300 & echo $!')
  await session.close()
  expect(await soon(() => !alive(Number(lines.at(-1))))).toBe(true)
})

test('waits until a program in the background is more than a copy of its shell', () =>
  withSession(async (session) => {
    /** Such a program outlives its terminal, so it's ended by its id. */
    async function leavesRunning(input: string, program: string) {
      await session.run(input)
      const found = withArgv(program.split(' '))
      if (found) process.kill(found)
      expect(found, input).toBeDefined()
    }
    // For a while, a fork of the shell does this before it becomes `sleep`.
    await session.run(
      'sleep() { command sleep 0.2; exec env sleep "$@"; }; export -f sleep; set +m',
    )
    await leavesRunning('sleep 43001 &', 'sleep 43001')
    await leavesRunning(`bash -c 'sleep 43002 &'`, 'sleep 43002')
    await session.run(`env -i PS1='container:$PWD# ' /bin/sh`)
    await leavesRunning('sleep 43003 &', 'sleep 43003')
  }))
