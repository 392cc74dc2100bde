// spawn(), execvp() and execve(): what the program gets, how it ended, and that nothing is left.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { becomingReader } from '../harness/user'
import { isRoot, run, start } from './program'

const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
const at = (name: string) => path.join(scratch, name)
afterAll(() => rmSync(scratch, { recursive: true }))

beforeAll(() => {
  mkdirSync(at('empty'))
  mkdirSync(at('bin'))
  const program = (name: string, text: string, mode: number) =>
    writeFileSync(at(name), text, { mode })
  program('bin/tool', '#!/bin/sh\nexit 21\n', 0o755)
  program('bin/plain', 'echo "plain $0 $*"; exit 5\n', 0o755)
  program('bin/locked', '#!/bin/sh\n', 0o644)
  program('bin/orphan', '#!/no/such/interpreter\n', 0o755)
  program('empty/locked', '', 0o644)
  program('garbage', '\x7fELF\x01\x02\x03', 0o755)
  symlinkSync('loop', at('loop'))
})

describe.concurrent('spawn', () => {
  test('resolves to the exit status, or to 128 + n after a signal', async () => {
    const { value } = await run(async ({ native }) => {
      const commands = [
        'exit 0',
        'exit 7',
        'exit 255',
        'kill -9 $$',
        'kill -15 $$',
        'kill -34 $$',
        // Its stop is not its end.
        'wake() { until grep -q "^State:.T" /proc/$$/status; do :; done; kill -CONT $$; }; ' +
          'wake & kill -STOP $$; exit 3',
      ]
      const ended = []
      for (const command of commands) ended.push(await native.spawn('sh', ['-c', command]))
      return [...ended, await native.spawn('true')]
    })
    expect(value).toEqual([0, 7, 255, 137, 143, 162, 3, 0])
  })

  test("says exactly why a program can't be started", async () => {
    const files = {
      '/no/such': 'ENOENT',
      'no-such-name': 'ENOENT',
      '': 'ENOENT',
      '/etc/passwd/x': 'ENOENT',
      '/etc': 'EACCES',
      [at('bin/locked')]: 'EACCES',
      [at('bin/orphan')]: 'ENOENT',
      [at('loop')]: 'ELOOP',
      [at('x'.repeat(300))]: 'ENAMETOOLONG',
    }
    const { value } = await run(async ({ native, zombies, rejection }, files) => {
      const errors = []
      for (const file of files) errors.push(await rejection(native.spawn(file)))
      errors.push(await rejection(native.spawn('/bin/true', ['x'.repeat(200_000)])))
      return { errors, left: zombies() }
    }, Object.keys(files))
    const codes = [...Object.values(files), 'E2BIG']
    expect(value.errors.map((error) => error?.code)).toEqual(codes)
    expect(value.errors[0]).toEqual({
      name: 'SystemError',
      message: "ENOENT: no such file or directory, execve '/no/such'",
      errno: -2,
      code: 'ENOENT',
      syscall: 'execve',
      path: '/no/such',
    })
    expect(value.left).toEqual([])
  })

  test('`executable` is what it runs, and `file` its name', async () => {
    const { value, stdout } = await run(async ({ native, rejection }) => {
      const status = await native.spawn('me', ['-c', 'echo $0; exit 4'], { executable: '/bin/sh' })
      return [
        status,
        (await rejection(native.spawn('me', [], { executable: '/no/such' })))?.message,
      ]
    })
    expect(stdout).toBe('me\n')
    expect(value).toEqual([4, "ENOENT: no such file or directory, execve '/no/such'"])
  })

  test.skipIf(!isRoot)('becomes root of a new user namespace, if that has one', async () => {
    const { value, stdout } = await run(async ({ native, fs }) => {
      const cloneflags = native.CLONE_NEWUSER
      const command = ['-c', 'id -u; id -G; grep CapEff /proc/self/status']
      const write = (pid: number, map: string) => {
        fs.writeFileSync(`/proc/${pid}/uid_map`, map)
        fs.writeFileSync(`/proc/${pid}/gid_map`, map)
      }
      const mapped = (pid: number) => write(pid, '0 100000 65536')
      const owners: number[] = []
      await native.spawn('sh', command, {
        cloneflags,
        beforeExec: mapped,
        afterEnd: [() => owners.push(1)],
      })
      await native.spawn('sh', command, { cloneflags })
      await native.spawn('sh', command, { cloneflags, beforeExec: (pid) => write(pid, '7 7 1') })
      return owners
    })
    const all = /^CapEff:\s+0*1f{9,}$/
    const [uid, groups, effective, nobody, , none, , , other] = stdout.split('\n')
    expect([uid, groups, nobody]).toEqual(['0', '0', '65534'])
    expect(effective).toMatch(all)
    expect([none, other]).toEqual(Array(2).fill(expect.stringMatching(/^CapEff:\s+0+$/)))
    expect(value).toEqual([1])
  })

  test('runs a script without #! with the shell', async () => {
    const { value, stdout } = await run(
      ({ native }, folder) =>
        native.spawn('plain', ['a b', 'c'], { env: { PATH: `${folder}/bin` } }),
      scratch,
    )
    expect([value, stdout]).toEqual([5, `plain ${at('bin/plain')} a b c\n`])
  })

  test.skipIf(!isRoot)('fails with ENOEXEC if there is no shell for it', async () => {
    const { value } = await run(({ native, rejection }, folder) => {
      native.chroot(folder)
      return rejection(native.spawn('/garbage'))
    }, scratch)
    expect(value).toMatchObject({
      message: "ENOEXEC: exec format error, execve '/garbage'",
      code: 'ENOEXEC',
    })
  })

  test('looks for a name in PATH of env, in its order', async () => {
    const { value } = await run(async ({ native, rejection }, folder) => {
      process.chdir(`${folder}/bin`)
      const of = (PATH: string | undefined, file = 'tool') =>
        native.spawn(file, [], { env: { PATH } })
      return [
        await of(`/etc/passwd:/no/such:${folder}/empty:${folder}/bin:/bin`),
        await of(''),
        await of('/no/such:'),
        await of('.'),
        await of(undefined, 'true'),
        await of(`${folder}/bin`, './tool'),
        (await rejection(of(undefined)))?.code,
        (await rejection(of(`${folder}/empty`)))?.code,
        (await rejection(of(`${folder}/bin:${folder}/empty`, 'locked')))?.code,
      ]
    }, scratch)
    expect(value).toEqual([21, 21, 21, 21, 0, 21, 'ENOENT', 'ENOENT', 'EACCES'])
  })

  test('passes the environment it is given, or that of this process', async () => {
    const { stdout } = await run(
      async ({ native, fs }) => {
        await native.spawn('/usr/bin/env', [], {
          env: { A: '1', GONE: undefined, EMPTY: '', Ä: 'x y\nz=ü' },
        })
        fs.writeSync(1, '--\n')
        await native.spawn('/usr/bin/env', [], { env: {} })
        fs.writeSync(1, '--\n')
        process.env.ADDED = 'later'
        await native.spawn('/usr/bin/env')
      },
      undefined,
      { env: { MINE: 'too' } },
    )
    expect(stdout).toBe('A=1\nEMPTY=\nÄ=x y\nz=ü\n--\n--\nMINE=too\nADDED=later\n')
  })

  test('passes standard streams and arguments, no other descriptor, no signal state', async () => {
    const stdio = [...Array(4).fill('pipe'), ...Array(300).fill('ignore')]
    const script = `i=3
      while [ $i -lt 310 ]; do
        [ -e /proc/$$/fd/$i ] && echo "descriptor $i"
        i=$((i + 1))
      done
      cat /proc/self/status | grep -E "^(SigBlk|SigIgn|SigCgt)"
      printf "[%s]" "$@"; cat; echo error >&2`
    const outcomes = await Promise.all(
      (['spawn', 'execvp', 'execve'] as const).map(async (name) => {
        const program = start(
          ({ native }, [name, script]) => {
            const args = ['-c', script, 'sh', 'a b', '', '"\'\n', 'ü']
            return native[name as 'spawn']('/bin/sh', args)
          },
          [name, script],
          { stdin: 'input\n', stdio },
        )
        return [await program.end(), program.stdout, program.stderr]
      }),
    )
    const none = '0000000000000000'
    const stdout = `SigBlk:\t${none}\nSigIgn:\t${none}\nSigCgt:\t${none}\n[a b][]["'\n][ü]input\n`
    for (const outcome of outcomes) expect(outcome).toEqual([0, stdout, 'error\n'])
  })

  test('a failed execvp() throws and leaves this process as it was', async () => {
    const script = at('bin/plain')
    const { value } = await run(({ native, failure, status }, script) => {
      process.env.PATH = '/usr/bin:/bin'
      const signals = () => ['SigBlk', 'SigIgn', 'SigCgt'].map((field) => status('self', field))
      const before = signals()
      const errors = [
        failure(() => native.execvp('no-such-name')),
        failure(() => native.execve('/etc')),
        failure(() => native.execve('sh')),
        failure(() => native.execve(script)),
        failure(() => native.execvp('')),
      ]
      return {
        errors: errors.map((error) => `${error?.code} ${error?.syscall} ${error?.path}`),
        same: `${before}` === `${signals()}`,
      }
    }, script)
    expect(value).toEqual({
      errors: [
        'ENOENT execve no-such-name',
        'EACCES execve /etc',
        'ENOENT execve sh',
        `ENOEXEC execve ${script}`,
        'ENOENT execve undefined',
      ],
      same: true,
    })
  })
})

describe.concurrent('beforeExec', () => {
  test.skipIf(!isRoot)('is called while the child waits in its new namespaces', async () => {
    const { value, stdout } = await run(async ({ native, fs, status }) => {
      const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']
      const id = (pid: number | 'self', kind: string) => fs.readlinkSync(`/proc/${pid}/ns/${kind}`)
      const seen: unknown[] = []
      const beforeExec = (pid: number) => {
        const changed = kinds.filter((kind) => id(pid, kind) !== id('self', kind))
        const waits =
          fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') ===
          fs.readFileSync('/proc/self/cmdline', 'utf8')
        seen.push([
          changed,
          waits,
          status(pid, 'PPid') === `${process.pid}`,
          status(pid, 'NSpid').split('\t').slice(1),
        ])
      }
      await native.spawn('sh', ['-c', 'echo $$'], { cloneflags: native.CLONE_FLAGS, beforeExec })
      await native.spawn('true', [], { cloneflags: native.CLONE_NEWUTS, beforeExec })
      await native.spawn('true', [], { beforeExec })
      return { kinds, seen }
    })
    expect(stdout).toBe('1\n')
    expect(value.seen).toEqual([
      [value.kinds, true, true, ['1']],
      [['uts'], true, true, []],
      [[], true, true, []],
    ])
  })

  test('that throws or returns a promise: spawn() rejects, and the child is gone', async () => {
    const { value, stdout } = await run(async ({ native, fs, rejection }) => {
      const wanted = new Error('no')
      const outcomes: unknown[] = []
      for (const thrown of [wanted, undefined, 'words']) {
        let child = 0
        const beforeExec = (pid: number) => {
          child = pid
          throw thrown
        }
        const got = await native.spawn('echo', ['it ran'], { beforeExec }).then(
          () => 'nothing',
          (error) => error === thrown,
        )
        outcomes.push(got, fs.existsSync(`/proc/${child}`))
      }
      const late = await rejection(native.spawn('echo', ['it ran'], { beforeExec: async () => {} }))
      return [...outcomes, late?.message]
    })
    const synchronous = 'beforeExec must be synchronous: nothing waits for its promise'
    expect(value).toEqual([true, false, true, false, true, false, synchronous])
    expect(stdout).toBe('')
  })

  test("that fails because of a signal in the pause: the status is the signal's", async () => {
    const { value } = await run(({ native }) =>
      native.spawn('echo', ['it ran'], {
        beforeExec() {
          process.kill(process.pid, 'SIGINT')
          throw new Error('a program it ran was interrupted')
        },
      }),
    )
    expect(value).toBe(130)
  })
})

describe.concurrent('a child that is killed in its pause', () => {
  test.each([true, false])(
    "has the signal's status, whether beforeExec fails: %s",
    async (fails) => {
      const { value, stderr } = await run(async ({ native }, fails) => {
        let called = 0
        const afterEnd = [() => called++]
        const status = await native.spawn('echo', ['it ran'], {
          beforeExec(pid) {
            process.kill(pid, 'SIGKILL')
            if (fails) throw new Error('a program it ran found no such process')
          },
          afterEnd,
        })
        return [status, called]
      }, fails)
      expect({ value, stderr }).toEqual({ value: [137, 1], stderr: '' })
    },
  )
})

describe.concurrent('afterEnd', () => {
  test('is called when the process exits before the child ends, such as by an error; its own is told', async () => {
    const program = start<undefined, unknown>(({ native, fs, say }) => {
      process.on('uncaughtException', (error) => {
        say(error.message)
        process.exit(4)
      })
      let child = 0
      const beforeExec = (pid: number) => {
        child = pid
      }
      const refuse = (what: string) => () => {
        throw new Error(what)
      }
      const look = () => say(fs.existsSync(`/proc/${child}`))
      const afterEnd = [refuse('left behind'), look]
      native.spawn('sleep', ['60'], { beforeExec, afterEnd })
      setImmediate(refuse('elsewhere'))
    })
    expect(await program.end()).toBe(4)
    expect(program.said).toEqual(['elsewhere', false, 'left behind'])
    expect(program.stderr).toBe('')
  })

  test('all are called when the child is gone; the first error counts', async () => {
    const { value } = await run(async ({ native, fs }) => {
      const seen: unknown[] = []
      const act = (file: string, before?: string, ...after: string[]) => {
        let child = 0
        const options = {
          beforeExec(pid: number) {
            child = pid
            if (before) throw new Error(before)
          },
          afterEnd: ['first', 'second'].map((name, i) => () => {
            seen.push(`${name}, child ${fs.existsSync(`/proc/${child}`)}`)
            if (after[i]) throw new Error(after[i])
          }),
        }
        return native.spawn(file, [], options).catch((error) => error.code ?? error.message)
      }
      const outcomes = [
        await act('false'),
        await act('/no/such'),
        await act('true', 'before'),
        await act('true', '', 'one', 'two'),
        await act('true', '', '', 'two'),
        await act('true', 'before', 'one'),
        await act('/no/such', '', 'one'),
      ]
      return { outcomes, seen }
    })
    expect(value.outcomes).toEqual([1, 'ENOENT', 'before', 'one', 'two', 'before', 'ENOENT'])
    const both = ['first, child false', 'second, child false']
    expect(value.seen).toEqual(Array(7).fill(both).flat())
  })

  test("isn't called if there was no child", async () => {
    const { value } = await run(
      async ({ native, rejection }) => {
        let called = false
        const afterEnd = () => {
          called = true
        }
        const error = await rejection(
          native.spawn('true', [], { cloneflags: native.CLONE_NEWNET, afterEnd: [afterEnd] }),
        )
        return [error?.code, called]
      },
      undefined,
      isRoot ? { wrap: becomingReader('65534') } : {},
    )
    expect(value).toEqual(['EPERM', false])
  })
})

describe.concurrent('without leaks', () => {
  test('50 in sequence leave no descriptor, no zombie and no thread', async () => {
    const { value } = await run(async ({ native, fs, status, zombies, rejection, until }) => {
      const descriptors = () => fs.readdirSync('/proc/self/fd').length
      const threads = () => Number(status('self', 'Threads'))
      const refuse = () => {
        throw new Error('no')
      }
      await native.spawn('/bin/true')
      await new Promise(setImmediate)
      const before = { descriptors: descriptors(), threads: threads() }
      for (let i = 0; i < 50; i++) {
        if (i % 10 === 0) await rejection(native.spawn('/no/such'))
        else if (i % 10 === 1) await rejection(native.spawn('true', [], { beforeExec: refuse }))
        else await native.spawn('/bin/true')
      }
      await until(() => descriptors() === before.descriptors && threads() <= before.threads)
      return zombies()
    })
    expect(value).toEqual([])
  })

  test('without a free descriptor: an error, and none is lost', async () => {
    const { value } = await run(
      async ({ native, fs, rejection }) => {
        const open: number[] = []
        const outcomes = new Set<unknown>()
        for (let left = 0; left < 10; left++) {
          for (;;) {
            try {
              open.push(fs.openSync('/dev/null', 'r'))
            } catch {
              break
            }
          }
          for (const fd of open.splice(0, left)) fs.closeSync(fd)
          outcomes.add((await rejection(native.spawn('/bin/true')))?.code ?? 'fine')
          await new Promise(setImmediate)
        }
        return [...outcomes]
      },
      undefined,
      { wrap: ['prlimit', '--nofile=64:64'] },
    )
    expect(value).toEqual(['EMFILE', 'fine'])
  })

  // Of what a start needs, the child still finds room, but not its keeper; then not the thread.
  test.skipIf(!isRoot).each([0, 1])(
    'without a free thread: an error, and no child is left, %i more',
    async (more) => {
      const { value } = await run(
        async ({ fs, childProcess, rejection, started }, more) => {
          // All threads of the user count. ps counts itself, so one more may start.
          const ps = ['-L', '--no-headers', '-u', `${process.getuid?.()}`]
          const count = `${childProcess.execFileSync('ps', ps)}`.trim().split('\n').length
          const limit = count + more
          childProcess.execFileSync('prlimit', ['--pid', `${process.pid}`, `--nproc=${limit}`])
          const { end, pid } = started('/bin/true', [])
          const error = await rejection(end)
          return [error?.code, error?.syscall, pid > 0, fs.existsSync(`/proc/${pid}`)]
        },
        more,
        { wrap: becomingReader(1_000_000 + 2 * process.pid + more) },
      )
      expect(value).toEqual(['EAGAIN', 'clone', true, false])
    },
  )
})
