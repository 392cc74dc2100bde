// my-container/: what `begin` and `jump` write, and that a learner never loses anything.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Checkout } from './checkout'

let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
})
afterEach(() => rmSync(checkout.path('my-container'), { recursive: true, force: true }))
afterAll(() => checkout.remove())

const mine = 'my-container/main.ts'

test('begin makes a program with right types that says what is yours to write, and keeps yours', () => {
  expect(checkout.run(['begin']).status).toBe(0)
  const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'my-container']
  expect(checkout.node(tsc)).toEqual({ status: 0, stdout: '', stderr: '' })
  const starter = checkout.read(mine)
  const ended = checkout.node(['--require', 'tsx/cjs', mine, 'run', '/bin/sh'])
  expect(ended.status).toBe(2)
  expect(ended.stderr).toContain('run is yours to write: it was asked to start /bin/sh')
  checkout.write(mine, `${starter}// mine\n`)
  const again = checkout.run(['begin'])
  expect(again).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('already exists and is kept'),
  })
  expect(checkout.read(mine)).toBe(`${starter}// mine\n`)
})

test('before begin, each command says what to do', () => {
  for (const args of [['check'], ['watch'], ['diff', 'mine', '1']]) {
    const { status, stderr } = checkout.run(args)
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('npm run begin'),
    })
  }
})

test('jump makes a backup, and restore brings it back, and nothing else', () => {
  checkout.run(['begin'])
  checkout.write(mine, '// my own work\n')
  checkout.write('my-container/extra.ts', '// and more of it\n')
  const { stderr } = checkout.run(['jump', '8'])
  const name = /--restore (\S+)/.exec(stderr)?.[1] as string
  expect(name).toMatch(/^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-before-jump-to-08-net$/)
  expect(readdirSync(checkout.path('my-container')).filter((file) => file.endsWith('.ts'))).toEqual(
    ['cgroup.ts', 'dev.ts', 'main.ts', 'network.ts'],
  )
  expect(checkout.run(['jump', '--list']).stdout).toBe(`${name}\n`)

  expect(checkout.run(['jump', '--restore', name]).status).toBe(0)
  expect(checkout.read(mine)).toBe('// my own work\n')
  expect(checkout.read('my-container/extra.ts')).toBe('// and more of it\n')
  // What the restored one replaced is backed up too.
  expect(checkout.run(['jump', '--list']).stdout.trim().split('\n')).toHaveLength(2)
  // A name that is no backup, though it leads somewhere.
  expect(checkout.run(['jump', '--restore', '../../steps/03-pid']).status).toBe(2)
  expect(checkout.read(mine)).toBe('// my own work\n')
})

test('jump --only brings one file, and leaves the rest and the step at hand', () => {
  checkout.run(['begin'])
  checkout.write(mine, '// my own work\n')
  const { stderr } = checkout.run(['jump', '7', '--only', 'cgroup.ts'])
  expect(stderr).toContain('my-container/ now has the cgroup.ts of 07-cgroups.')
  expect(checkout.read('my-container/cgroup.ts')).toBe(
    checkout.read('steps', '07-cgroups', 'cgroup.ts'),
  )
  expect(checkout.read(mine)).toBe('// my own work\n')
  expect(checkout.run(['begin']).stderr).toContain('You are at 01-exec')
  const wrong = checkout.run(['jump', '6', '--only', 'cgroup.ts'])
  expect(wrong).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('06-pivot-root has no cgroup.ts; it has dev.ts, main.ts.'),
  })
})

test('two jumps in one second make two backups, and a jump that changes nothing makes none', () => {
  for (const step of ['1', '2', '1', '1']) checkout.run(['jump', step])
  expect(new Set(checkout.run(['jump', '--list']).stdout.trim().split('\n')).size).toBe(2)
})

test('jump gives a program that finds its imports and the rootfs', () => {
  checkout.run(['jump', '6'])
  const ended = checkout.node(['--require', 'tsx/cjs', mine, 'run', '/bin/echo', 'up'])
  expect(ended).toEqual({ status: 0, stdout: 'up\n', stderr: '' })
})

test('files that an editor keeps beside the program are not part of it, and stay', () => {
  checkout.run(['begin'])
  symlinkSync('somebody@somewhere.1:2', checkout.path('my-container', '.#main.ts'))
  symlinkSync('nowhere', checkout.path('my-container', 'gone.ts'))
  mkdirSync(checkout.path('my-container', 'folder.ts'))
  checkout.write('my-container/#main.ts#', '// not saved yet\n')
  const before = readdirSync(checkout.path('my-container'))
  expect(checkout.run(['jump', '3']).status).toBe(0)
  expect(readdirSync(checkout.path('my-container'))).toEqual(expect.arrayContaining(before))
  expect(checkout.run(['diff', 'mine', '3'])).toMatchObject({
    status: 0,
    stderr: 'There is no difference between mine and 03-pid.\n',
  })
})

test("run by root in someone else's checkout, what is made is theirs", () => {
  chownSync(checkout.folder, 65534, 65534)
  checkout.run(['begin'])
  checkout.run(['jump', '3'])
  const all = readdirSync(checkout.path('my-container'), { recursive: true, encoding: 'utf8' })
  expect(all.length).toBeGreaterThan(4)
  expect(all.filter((name) => statSync(checkout.path('my-container', name)).uid !== 65534)).toEqual(
    [],
  )
})

test("a failed set-up by root in someone else's checkout leaves nothing of root there", () => {
  const fresh = new Checkout({ packages: false })
  try {
    for (const part of ['build', 'rootfs/busybox', 'native/build'])
      rmSync(fresh.path(part), { recursive: true, force: true })
    mkdirSync(fresh.path('bin'))
    fresh.write('bin/npm', '#!/bin/sh\nmkdir node_modules node_modules/half\nexit 1\n')
    chmodSync(fresh.path('bin/npm'), 0o755)
    execFileSync('chown', ['--recursive', '65534:65534', fresh.folder])
    const env = { PATH: `${fresh.path('bin')}:${process.env.PATH}`, TERM: 'dumb' }
    expect(fresh.run(['begin'], { env })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('npm'),
    })
    expect(readdirSync(fresh.folder)).toEqual(expect.arrayContaining(['build', 'node_modules']))
    expect(execFileSync('find', [fresh.folder, '-user', 'root'], { encoding: 'utf8' })).toBe('')
  } finally {
    fresh.remove()
  }
})

test('damaged progress starts anew and stops nothing', () => {
  mkdirSync(checkout.path('my-container'))
  checkout.write('my-container/.progress.json', '{"step": "99-no')
  checkout.write(mine, '// mine\n')
  expect(checkout.run(['begin'])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('You are at 01-exec'),
  })
})
