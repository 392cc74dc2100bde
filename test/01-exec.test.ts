import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { environ, killPid, sleep } from './harness/proc'
import { type Claim, claim, quote } from './harness/claim'
import { decoys, newToken } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

let random: { file: string; sum: string } | undefined

/** A file of random data, written once. */
function randomFile(mebibytes: number): { file: string; sum: string } {
  if (random === undefined) {
    const file = path.join(work().folder, `random-${process.pid}`)
    const block = randomBytes(1 << 20)
    // No two blocks are the same: each is turned by one byte.
    const data = Buffer.concat(
      Array.from({ length: mebibytes }, (_, i) =>
        Buffer.concat([block.subarray(i), block.subarray(0, i)]),
      ),
    )
    writeFileSync(file, data)
    random = { file, sum: createHash('sha256').update(data).digest('hex') }
  }
  return random
}

export const claims: Claim[] = [
  {
    name: "the exit status is the command's",
    async check(target) {
      for (const status of [7, 255]) {
        const ended = await target.run(['/bin/sh', '-c', `exit ${status}`])
        claim(
          ended.status === status,
          `exit status ${status}`,
          `${ended.status}; stderr: ${quote(ended.stderr)}`,
        )
      }
    },
  },
  {
    name: 'a command that signal n ends gives 128+n',
    async check(target) {
      const crashed = await target.run([work().fixture, 'crash'])
      claim(
        crashed.status === 139 && crashed.signal === null,
        'exit status 139 for a command ended by SIGSEGV',
        `${crashed.signal ?? crashed.status}; stderr: ${quote(crashed.stderr)}`,
      )
      const shell = await target.shell()
      killPid(shell.pid)
      const killed = await shell.started.ended()
      claim(
        killed.status === 137 && killed.signal === null,
        'exit status 137 for a command ended by SIGKILL',
        `${killed.signal ?? killed.status}; stderr: ${quote(killed.stderr)}`,
      )
    },
  },
  {
    name: 'SIGTERM to the run process reaches the command, which decides how to end',
    async check(target) {
      const token = newToken()
      const started = target.start([
        '/bin/sh',
        '-c',
        'trap "exit 42" TERM; echo up; while :; do sleep 0.05; done',
        token,
      ])
      try {
        while (!started.stdout.includes('up') && started.running) await sleep(10)
        killPid(started.pid, 'SIGTERM')
        const ended = await started.ended(5000)
        claim(
          ended.status === 42,
          'exit status 42 of the trap',
          `${ended.status}; stderr: ${quote(ended.stderr)}`,
        )
      } finally {
        await started.kill()
      }
    },
  },
  {
    name: 'a missing command gives 127, one that cannot be executed 126, each with one sentence',
    async check(target) {
      for (const [command, status] of [
        ['/no/such/program', 127],
        ['/etc', 126],
      ] as const) {
        const ended = await target.run([command, 'argument'])
        claim(
          ended.status === status,
          `exit status ${status} of \`${command}\``,
          `${ended.status}; ${quote(ended.stderr)}`,
        )
        claim(
          ended.stderr.includes(command) &&
            ended.stderr.trim().split('\n').length <= 2 &&
            !/^ {4}at /m.test(ended.stderr),
          `a sentence on stderr that names \`${command}\``,
          quote(ended.stderr),
        )
      }
    },
  },
  {
    name: '64 MiB of binary data pass from stdin to stdout unchanged',
    async check(target) {
      const { file, sum } = randomFile(64)
      // Through pipes, with a reader that is slower than the writer.
      const wrap = ['/bin/sh', '-c', `cat '${file}' | "$@" | sha256sum`, 'sh']
      const ended = await target.run(['/bin/cat'], { wrap, within: 20_000 })
      const hash = ended.stdout.toString().split(' ')[0]
      claim(
        hash === sum,
        `the same 64 MiB (SHA-256 ${sum})`,
        `${hash}; stderr: ${quote(ended.stderr)}`,
      )
    },
  },
  {
    name: 'arguments arrive unchanged: spaces, quotes, newlines, UTF-8, empty ones, options',
    async check(target) {
      const given = [
        'two words',
        '"\'`$HOME\\',
        'line\nbreak\t',
        'häßlich 容器 🐳',
        '',
        '*',
        '--memory',
        '-x',
        '--',
        '',
      ]
      const ended = await target.run(['/bin/sh', '-c', `printf '%s\\0' "$@"`, '--help', ...given])
      const seen = ended.stdout.toString().split('\0').slice(0, -1)
      claim(
        JSON.stringify(seen) === JSON.stringify(given),
        `the arguments ${JSON.stringify(given)}`,
        `${JSON.stringify(seen)}; stderr: ${quote(ended.stderr)}`,
      )
    },
  },
  {
    name: 'the environment is clean: its own PATH and PS1, and no variable from the host',
    async check(target) {
      const shell = await target.live()
      const seen = environ(shell.pid)
      const names = seen.map((entry) => entry.slice(0, entry.indexOf('=')))
      const foreign = names.filter(
        (name) => name === 'FOO' || name in decoys || /^(ROOTFS|VITEST|CONTAINER_)/.test(name),
      )
      claim(foreign.length === 0, 'no variable of the host in the container', foreign.join(', '))
      claim(
        names.includes('PATH') && names.includes('PS1'),
        'PATH and PS1 in the environment',
        quote(seen.join(' ')),
      )
      const found = await shell.ask('sh -c "command -v ls"')
      claim(found.status === 0, 'a PATH in which `ls` is found', quote(found.output))
    },
  },
  {
    name: 'the command gets descriptors 0, 1 and 2 only, whatever the host had open',
    async check(target) {
      const shell = await target.live()
      const folder = `/proc/${shell.pid}/fd`
      const open = readdirSync(folder).map((fd) => `${fd} → ${readlinkSync(`${folder}/${fd}`)}`)
      claim(open.length === 3, 'three open descriptors', open.join(', '))
    },
  },
  {
    name: 'a closed stdin causes no trouble',
    async check(target) {
      const wrap = ['/bin/sh', '-c', 'exec "$@" <&-', 'sh']
      const ended = await target.run(['/bin/sh', '-c', 'cat; echo end'], { wrap })
      claim(
        ended.status === 0 && ended.stdout.toString() === 'end\n',
        'an end of file on stdin, `end` and status 0',
        `${ended.status}, ${quote(ended.stdout)}; stderr: ${quote(ended.stderr)}`,
      )
    },
  },
]

prove('01-exec', claims)
