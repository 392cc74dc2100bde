// `check` and `watch` as commands: exit statuses, what is remembered, and plain terminals.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { killPid, until } from '../harness/proc'
import { HANG } from '../harness/waiting'
import { Checkout } from './checkout'

let checkout: Checkout
const running = new Set<ChildProcess>()
const temporary = mkdtempSync(join(tmpdir(), 'companion-tmp-'))

beforeAll(() => {
  checkout = new Checkout()
})
beforeEach(() => {
  checkout.run(['jump', '2'])
})
afterAll(async () => {
  for (const child of running)
    if (child.exitCode === null && child.pid) killPid(child.pid, 'SIGTERM')
  await until(() =>
    [...running].every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null),
  )
  rmSync(temporary, { recursive: true })
  checkout.remove()
})

const program = () => checkout.read('my-container', 'main.ts')
const progress = () => JSON.parse(checkout.read('my-container', '.progress.json'))
const write = (from: string, to: string) => {
  expect(program()).toContain(from)
  checkout.write('my-container/main.ts', program().replace(from, to))
}

/** The companion with pipes, and what it writes. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [checkout.path('tools', 'run.mjs'), ...args], {
    cwd: checkout.folder,
    env: { PATH: process.env.PATH, HOME: checkout.folder, TERM: 'dumb', TMPDIR: temporary },
    detached: true,
  })
  running.add(child)
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said.text += chunk
    })
  return {
    child,
    said,
    shows: async (text: RegExp) => {
      await until(() => text.test(said.text))
      expect(said.text).toMatch(text)
    },
  }
}

describe('check', () => {
  test.skipIf(process.getuid?.() !== 0)(
    'in a private home of root, where no ordinary user can try it: said, and no failure',
    () => {
      checkout.run(['jump', '14'])
      const { status, stdout } = checkout.run(['check', '14', '--only'])
      expect(stdout).toMatch(/not judged +2 claims: ordinary users can't enter \S+/)
      expect(stdout).toMatch(/^All of 14-user holds\.$/m)
      expect(status).toBe(0)
    },
    5 * HANG,
  )

  test('1 when something fails; each try tells more, until it holds: 0, and what comes next', () => {
    write("  sethostname('container')\n", '')
    const hints = () => {
      const { status, stdout } = checkout.run(['check', '2', '--only'])
      expect(status).toBe(1)
      expect(stdout).toMatch(
        /expected {2}another host name inside, such as "container"\n {2}seen {6}".+"\n {2}usually/,
      )
      return stdout.match(/hint \d\/3/g)
    }
    expect([hints(), hints()]).toEqual([['hint 1/3'], ['hint 1/3', 'hint 2/3']])
    write('  execvp(', "  sethostname('container')\n  execvp(")
    expect(checkout.run(['check', '2', '--only'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /✔ 02-uts {2}3 of 3[\s\S]*All of 02-uts holds\.\nNext is 03-pid/,
      ),
    })
    expect(progress()).toMatchObject({ step: '02-uts', tries: {} })
  })

  test('judges by the earlier steps too, and a program of another shape is as good', () => {
    // It doesn't pass on the status.
    checkout.write(
      'my-container/main.ts',
      `import { CLONE_NEWUTS } from '#native/sched'
      import { spawn } from '#native/spawn'
      import { execvp, sethostname } from '#native/unistd'
      import { reexec } from '#shared/reexec'
      const [, , verb, file, ...args] = process.argv
      const env = { PATH: '/bin:/usr/bin', PS1: '> ' }
      if (verb === 'inside') { sethostname('container'); execvp(file as string, args, env) }
      else spawn('/proc/self/exe', reexec('inside', [file as string, ...args]), { cloneflags: CLONE_NEWUTS })
      `,
    )
    const { status, stdout } = checkout.run(['check', '2', '--json'])
    const { holds, steps } = JSON.parse(stdout)
    expect({ status, holds }).toEqual({ status: 1, holds: false })
    const [exec, uts] = steps.map(({ properties }: { properties: { holds: boolean }[] }) =>
      properties.every(({ holds }) => holds),
    )
    expect({ exec, uts }).toEqual({ exec: false, uts: true })
  })

  test('a verdict stands until the program changes, which a comment is not', () => {
    const kept = (...words: string[]) => {
      const { status, stdout } = checkout.run(['check', '2', '--json', ...words])
      expect(status).toBe(0)
      const { steps } = JSON.parse(stdout) as { steps: { kept?: boolean }[] }
      return steps.map((one) => one.kept === true)
    }
    expect(kept()).toEqual([false, false])
    write("  sethostname('container')\n", "  // another\n  sethostname('container')\n")
    // The step itself is always judged.
    expect(kept()).toEqual([true, false])
    expect(checkout.run(['check', '2']).stdout).toMatch(/✔ 01-exec {2}9 of 9, as before/)
    expect(kept('--again')).toEqual([false, false])
    write("sethostname('container')", "sethostname('another')")
    expect(kept()).toEqual([false, false])
  })

  test('Ctrl-C ends it with 130 and leaves nothing', async () => {
    const { child, shows } = start('check', '2')
    await shows(/judging/)
    await until(() => readdirSync(temporary).length > 0)
    process.kill(-(child.pid as number), 'SIGINT')
    await until(() => child.exitCode !== null)
    expect(child.exitCode).toBe(130)
    expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([])
  })

  test('killed, it leaves nothing either', async () => {
    const { child, shows } = start('check', '2')
    await shows(/judging/)
    await until(() => readdirSync(temporary).some((name) => name.startsWith('container-test-')))
    child.kill('SIGKILL')
    const left = () => readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))
    await until(() => left().length === 0)
    expect(left()).toEqual([])
  })
})

describe('watch without a screen to draw on', () => {
  test('judges after each save, and only then', async () => {
    write("  sethostname('container')\n", '')
    const { child, said, shows } = start('watch', '2')
    await shows(/seen {6}"(?!container)[\s\S]*doesn't call sethostname/)
    // As an editor keeps one beside the program.
    const link = checkout.path('my-container', '.#main.ts')
    symlinkSync('somebody@somewhere.1:2', link)
    await isNoticed(said, program().replace('  execvp(', "  sethostname('container')\n  execvp("))
    rmSync(link)
    await shows(/All of 02-uts holds/)
    child.kill('SIGTERM')
    await shows(/You are at 02-uts/)
    await until(() => child.exitCode !== null)
    expect(child.exitCode).toBe(0)
    expect(said.text.match(/judging/g)).toHaveLength(2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes of the terminal
    expect(said.text).not.toMatch(/\x1b|ENOENT/)
  })
})

/** Saves a program, and waits until that is noticed. */
async function isNoticed(said: { text: string }, text: string): Promise<void> {
  const before = said.text.length
  checkout.write('my-container/main.ts', `${text}// saved\n`)
  expect(await until(() => said.text.slice(before).includes('judging'))).toBe(true)
}
