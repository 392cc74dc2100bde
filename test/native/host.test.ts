// What the network step needs of the host: tools, a lock, a subnet; and the name of a terminal.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, closeSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import * as native from './all'
import { repository } from '../harness/work'

const program = (source: string) => [process.execPath, '--require', 'tsx/cjs', '-e', source]
const execute = ([file, ...args]: string[]) =>
  execFileSync(file as string, args, { cwd: repository, encoding: 'utf8' })

test('run: what a tool writes, given what it reads', () => {
  expect(native.run('cat', 'a line\n')).toBe('a line\n')
  expect(native.run('echo one two')).toBe('one two\n')
})

test('run: a tool that fails says what it said, and how it ended', () => {
  expect(() => native.run('ls /nowhere')).toThrow(
    /^ls \/nowhere failed: .*No such file or directory/,
  )
  expect(() => native.run('false')).toThrow('false failed: exit status 1')
})

test('run: a tool that is not there is named', () => {
  expect(() => native.run('no-such-tool')).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'spawnSync no-such-tool' }),
  )
})

test('run: the tool is in a session of its own, so that no Ctrl-C reaches it', () => {
  const [pid, session] = native.run('sh -c exec\tps\t-o\tpid=,sid=\t-p\t$$').trim().split(/\s+/)
  expect(session).toBe(pid)
})

test('withLock: others wait for their turn, and the lock ends with the action', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  const tryLock = () => {
    const fd = openSync(folder, 'r')
    try {
      native.flock(fd, native.LOCK_EX | native.LOCK_NB)
      return 'free'
    } catch (error) {
      return (error as native.SystemError).code
    } finally {
      closeSync(fd)
    }
  }
  try {
    expect(native.withLock(folder, tryLock)).toBe('EAGAIN')
    expect(tryLock()).toBe('free')
    expect(() => native.withLock(folder, () => native.fail('no'))).toThrow('no')
    expect(tryLock()).toBe('free')
  } finally {
    rmSync(folder, { recursive: true })
  }
  expect(() => native.withLock('/nowhere', () => 0)).toThrow(/^ENOENT/)
})

test('ttyname: the path of a terminal, and nothing for what is none', () => {
  const source = "console.log(require('./native/unistd').ttyname(0))"
  const quoted = program(source)
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ')
  expect(execute(['script', '-qec', quoted, '/dev/null']).trim()).toMatch(/^\/dev\/pts\/\d+$/)
  expect(native.ttyname(openSync('/dev/null', 'r'))).toBeUndefined()
  expect(() => native.ttyname(-1)).toThrow(RangeError)
})

const ownNetwork = [
  'unshare',
  '--net',
  '--mount',
  'sh',
  '-c',
  'mount -t sysfs sysfs /sys && exec "$@"',
  'sh',
]

test.skipIf(process.geteuid?.() !== 0)('freeSubnet: a /sys of another network is refused', () => {
  const source = `
    const { run, freeSubnet, unshare, CLONE_NEWNET } = require('./native')
    run('ip link add test0 type bridge')
    console.log(freeSubnet())
    unshare(CLONE_NEWNET)
    try { freeSubnet() } catch (error) { console.log(error.message) }`
  expect(execute([...ownNetwork, ...program(source)])).toBe(
    '10.200.0\n/sys shows the interfaces of another network namespace than the one this runs in\n',
  )
})

test.skipIf(process.geteuid?.() !== 0)('freeSubnet: one that no route leads to', () => {
  const source = `
    const { run, freeSubnet } = require('./native')
    const seen = [freeSubnet()]
    run('ip link add test0 type bridge')
    run('ip link set test0 up')
    for (const route of ['10.200.0.0/24', '10.200.1.77/32', '10.200.2.0/23']) {
      run('ip route add ' + route + ' dev test0')
      seen.push(freeSubnet())
    }
    for (const route of ['10.192.0.0/10', '0.0.0.0/1']) {
      run('ip route add ' + route + ' dev test0')
      seen.push(freeSubnet())
    }
    run('ip route add 10.200.0.0/16 dev test0')
    try { freeSubnet() } catch (error) { seen.push(error.message) }
    console.log(JSON.stringify(seen))`
  expect(JSON.parse(execute([...ownNetwork, ...program(source)]))).toEqual([
    '10.200.0',
    '10.200.1',
    '10.200.2',
    '10.200.4',
    // Routes for more than all of them, as a VPN makes.
    '10.200.4',
    '10.200.4',
    'the routes of this host leave no subnet of 10.200.0.0/16 free',
  ])
})
