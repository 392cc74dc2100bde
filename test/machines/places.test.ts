// Where people keep a checkout, and how their machines mount and connect.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountinfo } from '../harness/proc'
import { type Sandbox, sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { repository, work } from '../harness/work'
import { last, node, npmStart, npmTest, patience, type Somewhere, step } from './somewhere'

let host: Sandbox
beforeAll(async () => {
  host = await hostLike()
})
afterAll(() => host.close())

const hi = { status: 0, stdout: 'hi\n', stderr: '' }
const down = 'ip link set lo down'

function expectGreen(filter: string, somewhere: Somewhere): void {
  const { status, stdout } = node(npmTest(filter), somewhere)
  expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed/m)
  expect(status).toBe(0)
}

test('from a path with spaces, non-ASCII letters and characters that a shell reads', () => {
  const name = `Führung durch  容器 it's {a,b} $HOME, 100% #1 (y) & z`
  const from = `"$folder/"'${name.replaceAll("'", "'\\''")}'`
  const prepare = `mount -t tmpfs elsewhere "$folder"; mkdir ${from}; mount --bind "$repository" ${from}`
  const there = { host: host.pid, prepare, from }
  expect(node(npmStart('/bin/echo', 'hi'), there)).toEqual(hi)
})

test(
  'in a private home of root, which ordinary users can’t enter',
  () => {
    const home = 'mount -t tmpfs -o mode=700 home "$folder"; mkdir "$folder/checkout"'
    const prepare = `${home}; mount --bind "$repository" "$folder/checkout"`
    expectGreen('test/14', { host: host.pid, prepare, from: '"$folder/checkout"' })
  },
  patience,
)

describe('on a read-only checkout without any network', () => {
  const readOnly = 'mount --bind "$repository" "$folder"; mount -o remount,bind,ro "$folder"'
  const there = () => ({ host: host.pid, prepare: `${down}; ${readOnly}`, from: '"$folder"' })

  test('nothing can be written', () => {
    const touch = ['-e', "require('node:fs').writeFileSync('touched', '')"]
    expect(node(touch, there()).stderr).toContain('EROFS')
  })

  test('npm start', () => {
    expect(node(npmStart('/bin/echo', 'hi'), there())).toEqual(hi)
  })

  test('npm test', () => expectGreen('test/02', there()), patience)
})

test('without any network, the container has its own', () => {
  const look = 'ip link show lo | grep -c LOOPBACK,UP; ip -o -4 addr show eth0 | wc -l'
  const ended = node(step(last, '/bin/sh', '-c', look), { host: host.pid, prepare: down })
  expect(ended).toEqual({ status: 0, stdout: '1\n1\n', stderr: '' })
})

test('on a host whose / is private, a container leaves its mounts as they were', async () => {
  const machine = await sandbox(['--mount', '--propagation', 'private'], ':')
  try {
    const before = mountinfo(machine.pid)
    const ended = node(step('06-pivot-root', '/bin/echo', 'hi'), { host: machine.pid })
    expect(ended).toEqual(hi)
    expect(mountinfo(machine.pid)).toBe(before)
  } finally {
    await machine.close()
  }
})

test('in a chroot whose / is no mount point, the error says so', () => {
  const root = `${work().mountPoint}/root`
  const prepare = `mount -t tmpfs elsewhere "$folder"; mkdir "$folder/root"
    for file in /*; do
      if [ -L "$file" ]; then cp -P "$file" "$folder/root$file"
      elif [ -d "$file" ]; then mkdir "$folder/root$file"; mount --rbind "$file" "$folder/root$file"
      fi
    done`
  const wrap = ['chroot', root, '/bin/sh', '-c', 'cd "$0"; exec "$@"', repository]
  const there = { host: host.pid, prepare, wrap }
  const why = '/ is no mount point: before the chroot to it, bind mount it on itself'
  expect(node(step('03-pid', '/bin/echo', 'hi'), there)).toEqual(hi)
  expect(node(step('04-mount', '/bin/echo', 'hi'), there)).toEqual({
    status: 1,
    stdout: '',
    stderr: `EINVAL: invalid argument, mount -> '/'\nhint: ${why}\n`,
  })
  expect(node(['tools/run.mjs', 'doctor'], there).stdout).toContain(why)
})
