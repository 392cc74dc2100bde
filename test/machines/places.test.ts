// Where people keep a checkout, and how their machines mount and connect.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountinfo } from '../harness/proc'
import { type Sandbox, sandbox, sharedMounts } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { last, node, step } from './somewhere'

let host: Sandbox
beforeAll(async () => {
  host = await hostLike()
})
afterAll(() => host.close())

const hi = { status: 0, stdout: 'hi\n', stderr: '' }

describe('from a path', () => {
  test.each([
    ['with spaces and letters that are not ASCII', 'Führung durch  容器 контейнер'],
    ['with characters that mean something to a shell', `it's "a" $HOME: 100%; #1 [x] (y) & z`],
  ])('%s', (_, name) => {
    const from = `"$folder/"'${name.replaceAll("'", "'\\''")}'`
    const prepare = `mount -t tmpfs elsewhere "$folder"; mkdir ${from}; mount --bind "$repository" ${from}`
    expect(
      node(['tools/run.mjs', 'start', '/bin/echo', 'hi'], { host: host.pid, prepare, from }),
    ).toEqual(hi)
  })
})

test('from a read-only checkout', () => {
  const prepare = 'mount --bind "$repository" "$folder"; mount -o remount,bind,ro "$folder"'
  const there = { host: host.pid, prepare, from: '"$folder"' }
  const touch = ['-e', "require('node:fs').writeFileSync('touched', '')"]
  expect(node(touch, there).stderr).toContain('EROFS')
  expect(node(['tools/run.mjs', 'start', '/bin/echo', 'hi'], there)).toEqual(hi)
})

describe('on a host whose / is', () => {
  const privateMounts = () => sandbox(['--mount', '--propagation', 'private'], ':')
  test.each([
    ['shared, as systemd makes it', sharedMounts, /^shared:/],
    ['private', privateMounts, /^-$/],
  ])('%s: its mounts are afterwards what they were', async (_, make, mark) => {
    const machine = await make()
    try {
      const before = mountinfo(machine.pid)
      // The field after the options; what lies before them differs where / is a subvolume.
      const fields = before.split('\n').map((line) => line.split(' '))
      expect(fields.find(([, , , , point]) => point === '/')?.[6]).toMatch(mark)
      const { stderr, ...ended } = node(step('06-pivot-root', '/bin/echo', 'hi'), {
        host: machine.pid,
      })
      expect({ ...ended, stderr }).toEqual(hi)
      expect(mountinfo(machine.pid)).toBe(before)
    } finally {
      await machine.close()
    }
  })
})

test('on a host without any network: nothing is fetched, and the container has its own', async () => {
  const down = 'ip link set lo down'
  const look = 'ip link show lo | grep -c LOOPBACK,UP; ip -o -4 addr show eth0 | wc -l'
  const ended = node(step(last, '/bin/sh', '-c', look), { host: host.pid, prepare: down })
  expect(ended).toEqual({ status: 0, stdout: '1\n1\n', stderr: '' })
  expect(
    node(['tools/run.mjs', 'start', '/bin/echo', 'hi'], { host: host.pid, prepare: down }),
  ).toEqual(hi)
})
