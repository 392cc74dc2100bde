// Signals and the terminal: what is meant for the child reaches it, and nothing outlives its parent.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { alive, killPid, until } from '../harness/proc'
import { slowness } from '../harness/slowness'
import { isRoot, run, start } from './program'

const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
const at = (name: string) => path.join(scratch, name)
afterAll(() => rmSync(scratch, { recursive: true }))

describe.concurrent('a signal to the parent', () => {
  test('reaches the child', async () => {
    const { value } = await run(async ({ native, handles, until }) => {
      const numbers = { HUP: 1, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15, WINCH: 28 }
      const ended: Record<string, number> = {}
      for (const [name, number] of Object.entries(numbers)) {
        let pid = 0
        const script = `trap "exit 7" ${name}; while :; do sleep 0.02; done`
        const end = native.spawn('sh', ['-c', script], {
          beforeExec: (child) => {
            pid = child
          },
        })
        await until(() => handles(pid, number))
        process.kill(process.pid, number)
        ended[name] = await end
      }
      return ended
    })
    expect(value).toEqual({ HUP: 7, INT: 7, QUIT: 7, USR1: 7, USR2: 7, TERM: 7, WINCH: 7 })
  })

  test('from outside, to each of several children', async () => {
    const program = start<undefined, unknown>(async ({ native, say, handles, until }) => {
      const pids: number[] = []
      const ends = [1, 2, 3].map((i) =>
        native.spawn('sh', ['-c', `trap "exit ${i}" TERM; while :; do sleep 0.02; done`], {
          beforeExec: (pid) => pids.push(pid),
        }),
      )
      await until(() => pids.every((pid) => handles(pid, 15)))
      say('ready')
      return Promise.all(ends)
    })
    await program.says()
    killPid(program.pid, 'SIGTERM')
    expect(await program.end()).toBe(0)
    expect(program.said[1]).toEqual([1, 2, 3])
  })

  test('without a handler in the child ends it, 128 + n', async () => {
    const { value } = await run(async ({ native, fs, until }) => {
      const ended: number[] = []
      for (const signal of [1, 2, 3, 15]) {
        let pid = 0
        const end = native.spawn('sleep', ['60'], {
          beforeExec: (child) => {
            pid = child
          },
        })
        await until(() => fs.readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n')
        process.kill(process.pid, signal)
        ended.push(await end)
      }
      return ended
    })
    expect(value).toEqual([129, 130, 131, 143])
  })

  test.skipIf(!isRoot)(
    'ends a PID 1 without a handler at once, also when it came in the pause',
    async () => {
      const { value } = await run(async ({ native }) => {
        const ended: number[] = []
        const took: number[] = []
        const end = async (signal: number, inPause: boolean) => {
          const begin = Date.now()
          const kill = () => process.kill(process.pid, signal)
          const beforeExec = () => inPause && kill()
          const end = native.spawn('sleep', ['60'], { cloneflags: native.CLONE_NEWPID, beforeExec })
          if (!inPause) kill()
          ended.push(await end)
          took.push(Date.now() - begin)
        }
        for (const signal of [1, 2, 3, 15])
          for (const inPause of [true, false]) await end(signal, inPause)
        return { ended, longest: Math.max(...took) }
      })
      expect(value.ended).toEqual([129, 129, 130, 130, 131, 131, 143, 143])
      // One that ignores SIGTERM has these two seconds.
      expect(value.longest).toBeLessThan(2000)
    },
  )

  test.skipIf(!isRoot)(
    'that is a Ctrl-C just after the start of a PID 1 reaches what that started',
    async () => {
      const { value } = await run(async ({ native, fs, until }) => {
        let pid = 0
        const end = native.spawn('sh', ['-c', 'sleep 60; exit 7'], {
          cloneflags: native.CLONE_NEWPID,
          beforeExec: (child) => {
            pid = child
          },
        })
        const child = () => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
        await until(() => child() && fs.readFileSync(`/proc/${child()}/comm`, 'utf8') === 'sleep\n')
        process.kill(process.pid, 'SIGINT')
        return end
      })
      expect(value).toBe(130)
    },
  )

  test.skipIf(!isRoot)('is left to a PID 1 that handles it once', async () => {
    const source = `#include <signal.h>
      #include <unistd.h>
      static volatile sig_atomic_t seen;
      static void handler(int signal) { seen = signal; }
      int main(void) {
        struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND};
        sigaction(SIGTERM, &action, 0);
        while (!seen) usleep(1000);
        usleep(100000);
        return 7;
      }`
    execFileSync('cc', ['-x', 'c', '-', '-o', at('once')], { input: source })
    const { value } = await run(async ({ native, handles, until }, file) => {
      const ended: number[] = []
      for (let i = 0; i < 5; i++) {
        let pid = 0
        const end = native.spawn(file, [], {
          cloneflags: native.CLONE_NEWPID,
          beforeExec: (child) => {
            pid = child
          },
        })
        await until(() => handles(pid, 15) && !handles(pid, 2))
        process.kill(process.pid, 'SIGTERM')
        ended.push(await end)
      }
      return ended
    }, at('once'))
    expect(value).toEqual([7, 7, 7, 7, 7])
  })

  test('that is SIGTERM, ignored, kills the child two seconds later, whatever else comes in', async () => {
    const program = start<undefined, unknown>(async ({ native, say, status, until }) => {
      let child = 0
      const end = native.spawn('sh', ['-c', 'trap "" TERM USR1; while :; do sleep 0.1; done'], {
        beforeExec: (pid) => {
          child = pid
        },
      })
      await until(() => Number(`0x${status(child, 'SigIgn')}`) === 0x4200)
      say('ready')
      const begin = Date.now()
      // Before the thread that waits can look at the first one.
      process.kill(process.pid, 'SIGTERM')
      process.kill(process.pid, 'SIGUSR1')
      const more = setInterval(() => process.kill(process.pid, 'SIGUSR1'), 300)
      const ended = await end
      clearInterval(more)
      return [ended, Date.now() - begin]
    })
    expect(await program.end()).toBe(0)
    const [ended, after] = program.said[1] as [number, number]
    expect(ended).toBe(137)
    expect(after).toBeGreaterThan(1900)
    expect(after).toBeLessThan(2000 + 1500 * slowness)
  })

  test('is its own again after the last child', async () => {
    const { value } = await run(async ({ native, status }) => {
      const settled = () => new Promise((done) => setImmediate(() => setImmediate(done)))
      const caught = () => status('self', 'SigCgt')
      const before = caught()
      let during = ''
      await native.spawn('true', [], {
        beforeExec: () => {
          during = caught()
        },
      })
      await settled()
      const after = caught()
      let got = 0
      process.on('SIGHUP', () => got++)
      await native.spawn('true')
      await settled()
      process.kill(process.pid, 'SIGHUP')
      while (got === 0) await settled()
      // One that is set while a child runs stays as well.
      const end = native.spawn('sleep', ['0.05'])
      process.on('SIGUSR2', () => got++)
      await end
      await settled()
      process.kill(process.pid, 'SIGUSR2')
      while (got === 1) await settled()
      return { changed: during !== before, same: after === before, got }
    })
    expect(value).toEqual({ changed: true, same: true, got: 2 })
  })

  test('ends it as any program when no child runs', async () => {
    const program = start(async ({ native, say }) => {
      await native.spawn('true')
      setInterval(() => {}, 1000)
      setTimeout(() => say('ready'))
    })
    await program.says()
    killPid(program.pid, 'SIGTERM')
    expect(await program.end()).toBe('SIGTERM')
  })
})

describe.concurrent('the end of the parent', () => {
  const flags = { 'a process': 0, ...(isRoot ? { 'a PID 1': 0x20000000 } : {}) }
  for (const [name, cloneflags] of Object.entries(flags)) {
    test(`by kill -9 kills the child, ${name}`, async () => {
      const program = start<number, number>(
        ({ native, say }, cloneflags) =>
          native.spawn('sleep', ['60'], { cloneflags, beforeExec: say }),
        cloneflags,
      )
      const child = await program.says()
      expect(await until(() => readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n')).toBe(
        true,
      )
      killPid(program.pid)
      expect(await until(() => !alive(child))).toBe(true)
    })

    test(`by kill -9 in the pause kills the child, ${name}`, async () => {
      const program = start<number, number>(
        ({ native, say }, cloneflags) =>
          native.spawn('sleep', ['60'], {
            cloneflags,
            beforeExec(pid) {
              say(pid)
              Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000)
            },
          }),
        cloneflags,
      )
      const child = await program.says()
      expect(alive(child)).toBe(true)
      killPid(program.pid)
      expect(await until(() => !alive(child))).toBe(true)
    })
  }

  test('by process.exit() is clean, and kills the child', async () => {
    const program = start<undefined, number>(({ native, say }) => {
      for (let i = 0; i < 5; i++) native.spawn('sleep', ['60'], { beforeExec: say })
      setTimeout(() => process.exit(5), 20)
    })
    expect(await program.end()).toBe(5)
    expect(program.stderr).toBe('')
    expect(program.said.length).toBe(5)
    expect(await until(() => !program.said.some(alive))).toBe(true)
  })

  test('at the very moment when children end is clean', async () => {
    const program = start<undefined, number>(({ native }) => {
      for (let i = 0; i < 30; i++) native.spawn('sh', ['-c', `sleep 0.0${i}`])
      setTimeout(() => process.exit(5), 20)
    })
    expect(await program.end()).toBe(5)
    expect(program.stderr).toBe('')
  })
})

describe.concurrent('at a terminal', () => {
  test("after a job-control shell the terminal is the parent's again, in the mode it was in", async () => {
    const program = start<string, unknown>(
      async ({ native, fs, childProcess }, file) => {
        // Process group, and foreground group of the terminal.
        const groups = () =>
          fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(2, 6)
        const mode = () =>
          childProcess
            .execFileSync('stty', ['-a'], { stdio: ['inherit', 'pipe', 'inherit'] })
            .toString()
        const shell = (end: string) =>
          native.spawn('bash', [
            '--norc',
            '-ic',
            `stty -echo; cut -d ' ' -f 5,8 /proc/$$/stat >> ${file}; ${end}`,
          ])
        const before = [groups(), mode()]
        const status = await shell('kill -9 $$')
        const same = `${[groups(), mode()]}` === `${before}`
        return [status, same, await shell('exit 3'), `${groups()}` === `${before[0]}`, groups()]
      },
      at('groups'),
      { terminal: true },
    )
    expect(await program.end()).toBe(0)
    const [killed, same, ended, sameGroups, groups] = program.said[0] as [
      number,
      boolean,
      number,
      boolean,
      string[],
    ]
    expect({ killed, same, ended, sameGroups }).toEqual({
      killed: 137,
      same: true,
      ended: 3,
      sameGroups: true,
    })
    const [own, , , foreground] = groups
    expect(foreground).toBe(own)
    // The shell had a group of its own, and it was not the parent that was in the foreground.
    const inside = readFileSync(at('groups'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
    expect(inside.length).toBe(2)
    for (const [group, front] of inside)
      expect([group === own, front === own]).toEqual([false, false])
  })

  test("Ctrl-C is the child's", async () => {
    const flag = isRoot ? 0x20000000 : 0
    const program = start<number, unknown>(
      async ({ native, say, handles, until, fs }, cloneflags) => {
        let child = 0
        const beforeExec = (pid: number) => {
          child = pid
        }
        const end = native.spawn('sh', ['-c', 'trap "exit 9" INT; while :; do sleep 0.02; done'], {
          beforeExec,
          cloneflags,
        })
        await until(() => handles(child, 2))
        say('ready')
        say(await end)
        const second = native.spawn('sleep', ['60'], { beforeExec, cloneflags })
        await until(() => fs.readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n')
        say('ready')
        say(await second)
      },
      flag,
      { terminal: true },
    )
    await program.says(1)
    program.type('\x03')
    expect(await program.says(2)).toBe(9)
    await program.says(3)
    program.type('\x03')
    expect(await program.says(4)).toBe(130)
    expect(await program.end()).toBe(0)
  })

  test('that goes away: the child hears of it', async () => {
    const program = start<string, number>(
      async ({ native, say, handles, until }, file) => {
        let child = 0
        const end = native.spawn(
          'sh',
          ['-c', `trap 'echo hangup > ${file}; exit 9' HUP; while :; do sleep 0.02; done`],
          {
            beforeExec: (pid) => {
              child = pid
            },
          },
        )
        await until(() => handles(child, 1))
        say(child)
        await end
      },
      at('hangup'),
      { terminal: true },
    )
    const child = await program.says()
    killPid(program.pid)
    expect(await until(() => !alive(child))).toBe(true)
    expect(existsSync(at('hangup')) && readFileSync(at('hangup'), 'utf8')).toBe('hangup\n')
  })
})
