// Signals and the terminal: what is meant for the child reaches it, and no child outlives its
// parent.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { alive, killPid } from '../harness/proc'
import { until } from '../harness/waiting'
import { isRoot, run, start } from './program'

const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
const at = (name: string) => path.join(scratch, name)
afterAll(() => rmSync(scratch, { recursive: true }))

// A shell that handles the signal by exiting with the status. It's ready when it handles SIGURG:
// SIGINT may be dash's own, before any trap.
const exitsOn = (signal: string, status: number) => [
  '-c',
  `trap "exit ${status}" ${signal}; trap : URG; while :; do sleep 0.05; done`,
]
const READY = 23

describe.concurrent('a signal to the parent', () => {
  test('reaches each of its children', async () => {
    const numbers = { HUP: 1, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15, WINCH: 28 }
    const given = Object.entries(numbers).map(
      ([name, number]) => [number, [7, 8].map((status) => exitsOn(name, status))] as const,
    )
    const asked = { given, READY }
    const { value } = await run(async ({ handles, started, until }, { given, READY }) => {
      const ended: number[][] = []
      for (const [signal, scripts] of given) {
        const children = scripts.map((args) => started('sh', args))
        await until(() => children.every(({ pid }) => handles(pid, READY)))
        process.kill(process.pid, signal)
        ended.push(await Promise.all(children.map(({ end }) => end)))
      }
      return ended
    }, asked)
    expect(value).toEqual(given.map(() => [7, 8]))
  })

  test('ends a child without a handler, 128 + n', async () => {
    const { value } = await run(async ({ comm, started, until }) => {
      const ended: number[] = []
      for (const signal of [1, 2, 3, 15]) {
        const { end, pid } = started('sleep', ['60'])
        await until(() => comm(pid) === 'sleep')
        process.kill(process.pid, signal)
        ended.push(await end)
      }
      return ended
    })
    expect(value).toEqual([129, 130, 131, 143])
  })

  // The status shows that it was at once: after the time of grace it would be 137, SIGKILL's.
  test.skipIf(!isRoot)(
    'ends a PID 1 without a handler at once, even if it came in the pause',
    async () => {
      const { value } = await run(async ({ native }) => {
        const ended: number[] = []
        const cloneflags = native.CLONE_NEWPID
        for (const signal of [1, 2, 3, 15]) {
          const kill = () => process.kill(process.pid, signal)
          ended.push(await native.spawn('sleep', ['60'], { cloneflags, beforeExec: kill }))
          const end = native.spawn('sleep', ['60'], { cloneflags })
          kill()
          ended.push(await end)
        }
        return ended
      })
      expect(value).toEqual([129, 129, 130, 130, 131, 131, 143, 143])
    },
  )

  test.skipIf(!isRoot)(
    'that is a Ctrl-C just after the start of a PID 1 reaches what that started',
    async () => {
      const { value } = await run(async ({ native, fs, comm, started, until }) => {
        const { end, pid } = started('sh', ['-c', 'sleep 60; exit 7'], native.CLONE_NEWPID)
        const child = () => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        await until(() => comm(Number(child())) === 'sleep')
        process.kill(process.pid, 'SIGINT')
        return end
      })
      expect(value).toBe(130)
    },
  )

  // SIGINT has no time of grace, so the program may take as long as it likes.
  test.skipIf(!isRoot)('is left to a PID 1 that handles it only once', async () => {
    const source = `#include <signal.h>
      #include <unistd.h>
      static volatile sig_atomic_t seen;
      static void handler(int signal) { seen = signal; }
      int main(void) {
        struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESETHAND};
        sigaction(SIGINT, &action, 0);
        while (!seen) usleep(1000);
        usleep(100000);
        return 7;
      }`
    execFileSync('cc', ['-x', 'c', '-', '-o', at('once')], { input: source })
    const { value } = await run(async ({ native, handles, started, until }, file) => {
      const ended: number[] = []
      for (let i = 0; i < 5; i++) {
        const { end, pid } = started(file, [], native.CLONE_NEWPID)
        await until(() => handles(pid, 2) && !handles(pid, 15))
        process.kill(process.pid, 'SIGINT')
        ended.push(await end)
      }
      return ended
    }, at('once'))
    expect(value).toEqual([7, 7, 7, 7, 7])
  })

  // Other signals don't put that off: if they did, the child would never end.
  test('kills the child that ignores SIGTERM, after two seconds', async () => {
    const { value } = await run(async ({ started, status, until }) => {
      const script = 'trap "" TERM USR1; while :; do sleep 0.1; done'
      const { end, pid } = started('sh', ['-c', script])
      await until(() => Number(`0x${status(pid, 'SigIgn')}`) === 0x4200)
      const begin = performance.now()
      // Both before the thread that waits can look.
      process.kill(process.pid, 'SIGTERM')
      process.kill(process.pid, 'SIGUSR1')
      const more = setInterval(() => process.kill(process.pid, 'SIGUSR1'), 300)
      const ended = await end
      clearInterval(more)
      return [ended, performance.now() - begin] as const
    })
    expect(value[0]).toBe(137)
    expect(value[1]).toBeGreaterThan(1990)
  })

  test('has its own effect again after the last child', async () => {
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
      // A handler set while a child runs stays, too.
      const end = native.spawn('true')
      process.on('SIGUSR2', () => got++)
      await end
      await settled()
      process.kill(process.pid, 'SIGUSR2')
      while (got === 1) await settled()
      return { changed: during !== before, same: after === before, got }
    })
    expect(value).toEqual({ changed: true, same: true, got: 2 })
  })
})

describe.concurrent('the end of the parent', () => {
  const flags = { 'a process': 0, ...(isRoot ? { 'a PID 1': 0x20000000 } : {}) }
  const kinds = Object.entries(flags).flatMap(([name, cloneflags]) => [
    { name, cloneflags, pause: false },
    { name: `${name} in its pause`, cloneflags, pause: true },
  ])
  test.each(kinds)('by kill -9 kills the child, $name', async (kind) => {
    const program = start<typeof kind, number>(
      ({ native, say }, { cloneflags, pause }) =>
        native.spawn('sleep', ['60'], {
          cloneflags,
          beforeExec(pid) {
            say(pid)
            if (pause) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
          },
        }),
      kind,
    )
    const child = await program.tells()
    const isThere = () => kind.pause || readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n'
    expect(await until(isThere)).toBe(true)
    killPid(program.pid)
    expect(await until(() => !alive(child))).toBe(true)
  })

  // The kernel then forgets that it is to kill the child.
  test.skipIf(!isRoot)('by kill -9 kills a PID 1 that has changed its user', async () => {
    const program = start<undefined, number>(async ({ native, say, started, status, until }) => {
      const words = ['--reuid=65534', '--clear-groups', 'sleep', '60']
      const { end, pid } = started('setpriv', words, native.CLONE_NEWPID)
      await until(() => status(pid, 'Uid').startsWith('65534') && status(pid, 'Name') === 'sleep')
      say(pid)
      await end
    })
    const child = await program.tells()
    killPid(program.pid)
    expect(await until(() => !alive(child))).toBe(true)
  })

  test('with its whole process group kills the child all the same', async () => {
    const program = start<undefined, number>(
      async ({ say, comm, started, until }) => {
        const { end, pid } = started('setsid', ['sleep', '60'])
        await until(() => comm(pid) === 'sleep')
        say(pid)
        await end
      },
      undefined,
      { wrap: ['setsid'] },
    )
    const child = await program.tells()
    process.kill(-program.pid, 'SIGKILL')
    expect(await until(() => !alive(child))).toBe(true)
  })

  test('in a worker is clean, and kills the child', async () => {
    const { value, stderr } = await run(async ({ workers, fs }, repository) => {
      const code = `require('${repository}/steps/shared/loader.cjs')
        const { spawn } = require('${repository}/native/spawn.ts')
        const { parentPort, workerData } = require('node:worker_threads')
        const beforeExec = (pid) => parentPort.postMessage(pid)
        spawn('sleep', ['60'], { beforeExec })
        if (workerData) setImmediate(() => process.exit(3))`
      const left: number[] = []
      for (let i = 0; i < 20; i++) {
        const worker = new workers.Worker(code, { eval: true, workerData: i % 2 })
        // Both at once: Node may tell of the end right after the message.
        const ended = new Promise((tell) => worker.once('exit', tell))
        const pid = await new Promise<number>((tell) => worker.once('message', tell))
        if (i % 2 === 0) await worker.terminate()
        await ended
        left.push(pid)
      }
      return left.map((pid) => [pid, fs.existsSync(`/proc/${pid}`)] as const)
    }, process.cwd())
    expect(stderr).toBe('')
    const pids = value.map(([pid]) => pid)
    expect(pids.length).toBe(20)
    expect(await until(() => !pids.some(alive))).toBe(true)
  })

  test('by process.exit() is clean, and kills the child', async () => {
    const program = start<undefined, number>(async ({ comm, say, started, until }) => {
      const pids = [1, 2, 3, 4, 5].map(() => started('sleep', ['60']).pid)
      pids.forEach(say)
      await until(() => pids.every((pid) => comm(pid) === 'sleep'))
      process.exit(5)
    })
    expect(await program.end()).toBe(5)
    expect(program.stderr).toBe('')
    expect(program.said.length).toBe(5)
    expect(await until(() => !program.said.some(alive))).toBe(true)
  })

  test('is clean even at the moment when children end', async () => {
    const program = start<undefined, number>(({ native }) => {
      for (let i = 0; i < 30; i++) native.spawn('sh', ['-c', `sleep 0.0${i}`])
      setTimeout(() => process.exit(5), 20)
    })
    expect(await program.end()).toBe(5)
    expect(program.stderr).toBe('')
  })
})

describe.concurrent('at a terminal', () => {
  test("is the parent's again after a job-control shell, in the mode it had", async () => {
    const program = start(
      async ({ native, fs, childProcess }) => {
        // Process group, and foreground group of the terminal.
        const groups = () =>
          fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(2, 6)
        const mode = () =>
          childProcess
            .execFileSync('stty', ['-a'], { stdio: ['inherit', 'pipe', 'inherit'] })
            .toString()
        const shell = (end: string) => native.spawn('bash', ['--norc', '-ic', `stty -echo; ${end}`])
        const before = `${[groups(), mode()]}`
        const killed = await shell('kill -9 $$')
        const isSame = `${[groups(), mode()]}` === before
        const ended = await shell('exit 3')
        return { killed, isSame, ended, groups: groups() }
      },
      undefined,
      { terminal: true },
    )
    expect(await program.end()).toBe(0)
    const [value] = program.said as { groups: string[] }[]
    expect(value).toMatchObject({ killed: 137, isSame: true, ended: 3 })
    const [own, , , foreground] = value.groups
    expect(foreground).toBe(own)
  })

  test('Ctrl-C goes to the child', async () => {
    const program = start<{ args: string[]; flags: number; READY: number }, unknown>(
      async ({ say, comm, handles, started, until }, { args, flags, READY }) => {
        const first = started('sh', args, flags)
        await until(() => handles(first.pid, READY))
        say('ready')
        say(await first.end)
        const second = started('sleep', ['60'], flags)
        await until(() => comm(second.pid) === 'sleep')
        say('ready')
        say(await second.end)
      },
      { args: exitsOn('INT', 9), flags: isRoot ? 0x20000000 : 0, READY },
      { terminal: true },
    )
    await program.tells(1)
    program.child.stdin?.write('\x03')
    expect(await program.tells(2)).toBe(9)
    await program.tells(3)
    program.child.stdin?.write('\x03')
    expect(await program.tells(4)).toBe(130)
    expect(await program.end()).toBe(0)
  })

  test('that goes away: the child gets SIGHUP', async () => {
    const script = `trap 'echo hangup > ${at('hangup')}; exit 9' HUP; while :; do sleep 0.05; done`
    const program = start<string, number>(
      async ({ say, handles, started, until }, script) => {
        const { end, pid } = started('sh', ['-c', script])
        await until(() => handles(pid, 1))
        say(pid)
        await end
      },
      script,
      { terminal: true },
    )
    const child = await program.tells()
    killPid(program.pid)
    expect(await until(() => !alive(child))).toBe(true)
    expect(existsSync(at('hangup')) && readFileSync(at('hangup'), 'utf8')).toBe('hangup\n')
  })
})
