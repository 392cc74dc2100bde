import { randomBytes } from 'node:crypto'
import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import * as path from 'node:path'
import { claim, quote } from './harness/claim'
import { environ, killPid } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { decoys, type Ended, newToken } from './harness/target'
import { work } from './harness/work'

/** What programs expect of their environment. */
const needed = ['HOME', 'PATH', 'PS1', 'TERM']

export const claims: Claim[] = [
  {
    name: "the exit status is the command's",
    starts: 1,
    async check(target) {
      endsWith(255, '', await target.run(['/bin/sh', '-c', 'exit 255']))
    },
  },
  {
    name: 'a command that signal n ends gives 128+n',
    starts: 2,
    async check(target) {
      endsWith(139, ' for a command ended by SIGSEGV', await target.run([work().fixture, 'crash']))
      const shell = await target.shell()
      killPid(shell.pid)
      endsWith(137, ' for a command ended by SIGKILL', await shell.started.ended())
    },
  },
  {
    name: 'SIGTERM to the run process reaches the command, which decides how to end',
    starts: 1,
    async check(target) {
      // A signal interrupts `read`, so the trap runs at once.
      const trap = 'trap "exit 42" TERM; echo up; read -r line'
      const started = target.start(['/bin/sh', '-c', trap, newToken()])
      try {
        await started.says('up', 'a command that writes `up`')
        killPid(started.pid, 'SIGTERM')
        endsWith(42, ' of the trap', await started.ended(60))
      } finally {
        await started.kill()
      }
    },
  },
  {
    name: 'a missing command gives 127, one that cannot be executed 126, each with one sentence',
    starts: 2,
    async check(target) {
      for (const [command, status] of [
        ['/no/such/program', 127],
        ['/etc', 126],
      ] as const) {
        const ended = await target.run([command, 'argument'])
        endsWith(status, ` of \`${command}\``, ended)
        claim(
          isSentence(ended.stderr) && ended.stderr.includes(command),
          `a sentence on stderr that names \`${command}\``,
          quote(ended.stderr),
        )
      }
    },
  },
  {
    name: '64 MiB of binary data pass from stdin to stdout unchanged',
    starts: 2,
    async check(target) {
      const file = binaryFile()
      const copy = `${file}-${newToken()}`
      // Through pipes, with a reader that is slower than the writer.
      const wrap = ['/bin/sh', '-c', `cat '${file}' | "$@" | tee '${copy}' | wc -c`, 'sh']
      try {
        const { stdout, stderr } = await target.run(['/bin/cat'], { wrap })
        const seen = `${stdout.toString().trim()} bytes that aren't the same`
        const meaning = `the same ${BLOCKS * BLOCK} bytes`
        claim(isCopy(copy), meaning, `${seen}; stderr: ${quote(stderr)}`)
      } finally {
        rmSync(copy, { force: true })
      }
    },
  },
  {
    name: 'arguments arrive unchanged: spaces, quotes, newlines, UTF-8, empty ones, options',
    starts: 1,
    async check(target) {
      const words = ['two words', '"\'`$HOME\\', 'line\nbreak\t', 'häßlich 容器 🐳', '', '*']
      const given = [...words, '--memory', '-x', '--', '']
      const script = `printf 'given:\\0'; printf '%s\\0' "$@"`
      const { stdout, stderr } = await target.run(['/bin/sh', '-c', script, '--help', ...given])
      const seen = stdout.toString().split('given:\0').at(-1)?.split('\0').slice(0, -1)
      claim(
        JSON.stringify(seen) === JSON.stringify(given),
        `the arguments ${JSON.stringify(given)}`,
        `${JSON.stringify(seen)}; stderr: ${quote(stderr)}`,
      )
    },
  },
  {
    name: 'the environment is clean: what programs rely on, and no variable from the host',
    async check(target) {
      const shell = await target.live()
      const entries = environ(shell.pid)
      const names = entries.map((entry) => entry.slice(0, entry.indexOf('=')))
      const foreign = names.filter(isFromHost)
      claim(foreign.length === 0, 'no variable of the host in the container', foreign.join(', '))
      const missing = needed.filter((name) => !names.includes(name))
      claim(missing.length === 0, `${needed.join(', ')}`, `none of ${missing.join(', ')}`)
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
    name: 'a closed stdin causes no trouble, and a strict umask stays outside',
    starts: 1,
    async check(target) {
      const wrap = ['/bin/sh', '-c', 'umask 077; exec "$@" <&-', 'sh']
      const command = ['/bin/sh', '-c', 'cat; umask; echo end']
      const { status, stdout, stderr } = await target.run(command, { wrap })
      claim(
        status === 0 && /^end$/m.test(stdout.toString()),
        'an end of file on stdin, `end` and status 0',
        `${status}, ${quote(stdout)}; stderr: ${quote(stderr)}`,
      )
      const [, umask] = /^(0\d+)$/m.exec(stdout.toString()) ?? []
      claim(umask === '0022', "the umask 0022 inside, whatever the host's is", `umask ${umask}`)
    },
  },
]

prove('01-exec', claims)

function endsWith(status: number, whose: string, ended: Ended): void {
  claim(
    ended.status === status && ended.signal === null,
    `exit status ${status}${whose}`,
    `${ended.signal ?? ended.status}; stderr: ${quote(ended.stderr)}`,
  )
}

/** One or two lines without a stack trace. */
const isSentence = (text: string) => text.trim().split('\n').length <= 2 && !/^ {4}at /m.test(text)

const isFromHost = (name: string) =>
  name === 'FOO' || name in decoys || /^(ROOTFS|VITEST|CONTAINER_)/.test(name)

const BLOCK = 2 ** 20
const BLOCKS = 64
const noise = randomBytes(BLOCK)

/** Random bytes, with the number of the block: in another place, it would be another block. */
function block(number: number): Buffer {
  noise.writeUInt32LE(number, BLOCK / 2)
  return noise
}

let binary: string | undefined

/** The blocks, one after the other, written once. */
function binaryFile(): string {
  if (binary) return binary
  binary = path.join(work().folder, `binary-${process.pid}`)
  const fd = openSync(binary, 'w')
  for (let number = 0; number < BLOCKS; number++) writeSync(fd, block(number))
  closeSync(fd)
  return binary
}

/** Whether a file has them all. The program may say something before and after. */
function isCopy(file: string): boolean {
  const fd = openSync(file, 'r')
  const room = Buffer.alloc(BLOCK)
  const from = room.subarray(0, readSync(fd, room, 0, BLOCK, 0)).indexOf(noise.subarray(0, 4096))
  const same = (_: unknown, number: number) =>
    readSync(fd, room, 0, BLOCK, from + number * BLOCK) === BLOCK && room.equals(block(number))
  const isSame = from >= 0 && Array.from({ length: BLOCKS }).every(same)
  closeSync(fd)
  return isSame
}
