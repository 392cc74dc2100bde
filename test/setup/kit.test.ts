// The kit, on a small Debian without network, compiler, npm and Node.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { find } from '../../tools/setup/programs.mjs'
import { slowness } from '../harness/slowness'
import { atNewTerminal, terminalVariables } from '../harness/started'
import { until } from '../harness/waiting'
import { repository } from '../harness/work'

const folder = mkdtempSync(join(tmpdir(), 'kit-test-'))
const root = join(folder, 'root')
const name = `containers-kit-${process.arch}`
const finish = `[ ! -L proc ] || rm proc; mkdir -p proc mnt
  cp usr/share/base-passwd/passwd.master etc/passwd
  tar xf ../${name}.tar.gz -C root`
let reason = ''
const minutes = (count: number) => count * 60_000 * slowness

beforeAll(() => {
  if (process.getuid?.() !== 0 || !find('debootstrap'))
    reason = 'debootstrap, which makes the machine, is missing or needs root'
  if (reason) return
  const kit = [join(repository, 'tools', 'run.mjs'), 'kit', '--out', folder]
  execFileSync(process.execPath, kit, { stdio: 'pipe' })
  const mirror = process.env.DEBIAN_MIRROR ? [process.env.DEBIAN_MIRROR] : []
  // It mounts a /proc for a while, which other tests would see come and go on their hosts.
  const alone = ['--mount', '--propagation', 'private', 'debootstrap']
  // Unpacked is enough. To configure each package takes as long again, for what `finish` does.
  const words = [...alone, '--foreign', '--variant=minbase', 'bookworm', root, ...mirror]
  const { status, stdout } = spawnSync('unshare', words, { encoding: 'utf8' })
  if (status !== 0) reason = `debootstrap made no machine: ${stdout.slice(-300)}`
  else execFileSync('/bin/sh', ['-ec', finish], { cwd: root })
}, minutes(10))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'dumb' }

/** The words that run a command in the machine, in the kit's folder. */
function inMachine(command: string): [string, string[]] {
  // A real root, not a chroot: nsenter would lead out of that again.
  const enter = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" &&
    mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" && cd "$0" && pivot_root . mnt &&
    exec /bin/sh -c "umount -l /mnt; cd /root/${name} && $1"`
  const namespaces = ['--mount', '--net', '--propagation', 'private']
  return ['unshare', [...namespaces, '/bin/sh', '-c', enter, root, command]]
}

function there(command: string) {
  const [file, argv] = inMachine(command)
  const { status, stdout, stderr } = spawnSync(file, argv, { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** At a terminal, where one key is pressed as soon as a text is there. */
async function atTerminal(command: string, text: RegExp, key: string) {
  const [file, argv] = inMachine(command)
  const [script, ...words] = atNewTerminal([file, ...argv]) as [string, ...string[]]
  const child = spawn(script, words, { env: { ...env, ...terminalVariables } })
  let screen = ''
  child.stdout.on('data', (chunk) => {
    screen += chunk
  })
  const ended = new Promise((done) => child.once('close', done))
  await until(() => text.test(screen) || child.exitCode !== null)
  child.stdin.end(key)
  return { status: await ended, screen }
}

const check = (context: TestContext) => {
  if (reason) context.skip(reason)
}

describe('on a machine that has nothing', () => {
  test('there is no compiler, npm, Node, ip and nft', { timeout: minutes(1) }, (context) => {
    check(context)
    const names = 'cc gcc g++ make cmake npm node ip nft'
    expect(there(`for name in ${names}; do command -v $name; done; true`)).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  test('./npm start gives a container', { timeout: minutes(2) }, (context) => {
    check(context)
    const { status, stdout, stderr } = there("./npm start -- /bin/sh -c 'hostname; echo $$'")
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'container\n1\n' })
    expect(stderr).toMatch(/^This machine lacks .*\bip\b.*\bnft\b.*\n$/)
  })

  test('./npm run step -- 3', { timeout: minutes(2) }, (context) => {
    check(context)
    expect(there("./npm run step -- 3 /bin/sh -c 'echo $$'")).toMatchObject({
      status: 0,
      stdout: '1\n',
    })
  })

  test('begin and check', { timeout: minutes(5) }, (context) => {
    check(context)
    expect(there('./npm run begin')).toMatchObject({ status: 0 })
    const judged = there('./npm run check -- 1')
    expect(judged).toMatchObject({ status: 1, stdout: expect.stringContaining('01-exec') })
    expect(there('./npm run jump -- 3 && ./npm run check -- 3 --only')).toMatchObject({ status: 0 })
  })

  test('watch', { timeout: minutes(5) }, async (context) => {
    check(context)
    expect(there('./npm run jump -- 1')).toMatchObject({ status: 0 })
    const { status, screen } = await atTerminal('./npm run watch', /All of 01-exec holds/, 'q')
    expect(screen).toMatch(/All of 01-exec holds[\s\S]*You are at 01-exec/)
    expect(status).toBe(0)
  })

  test('what the kit is not for says so', { timeout: minutes(2) }, (context) => {
    check(context)
    const { status, stderr } = there('./npm test')
    expect(status).toBe(1)
    expect(stderr).toContain("The kit doesn't have the packages for this")
  })
})

test('a processor or a C library that is another one', { timeout: minutes(1) }, (context) => {
  check(context)
  const other = "printf '#!/bin/sh\\necho riscv64' > /tmp/uname; chmod +x /tmp/uname"
  const processor = there(`${other}; PATH=/tmp:$PATH ./npm start`)
  expect(processor).toMatchObject({ status: 1, stderr: expect.stringContaining('riscv64') })
  const old =
    "printf '#!/bin/sh\\necho glibc 2.17' > /tmp/getconf; chmod +x /tmp/getconf; rm /tmp/uname"
  const library = there(`${old}; PATH=/tmp:$PATH ./npm start`)
  expect(library).toMatchObject({ status: 1, stderr: expect.stringMatching(/needs glibc 2\.\d+/) })
})
