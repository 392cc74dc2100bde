// An ordinary user with sudo, and with a Node from a version manager that sudo does not find.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { slowness } from '../lib/slowness'
import { Checkout } from './checkout'

const uid = 64_021
vi.setConfig({ testTimeout: 90_000 * slowness, hookTimeout: 90_000 * slowness })

let checkout: Checkout

beforeAll(() => {
  checkout = new Checkout()
  mkdirSync(checkout.path('nvm'))
  copyFileSync(process.execPath, checkout.path('nvm', 'node'))
  execFileSync('chown', ['--recursive', '--no-dereference', `${uid}:${uid}`, checkout.folder])
})
afterAll(() => checkout.remove())

// The user exists in a mount namespace only: the machine's own lists of users stay as they are.
const asUser = `
  add() { cp --preserve=mode "$1" "$HOME/nvm/list"; echo "$2" >> "$HOME/nvm/list"; cp --preserve=mode "$HOME/nvm/list" "$HOME/nvm/$(basename "$1")"; chown root:root "$HOME/nvm/$(basename "$1")"; mount --bind "$HOME/nvm/$(basename "$1")" "$1"; }
  add /etc/passwd "learner:x:${uid}:${uid}:learner:$HOME:/bin/sh"
  add /etc/group "learner:x:${uid}:"
  add /etc/shadow 'learner:*:20000:0:99999:7:::'
  add /etc/sudoers 'learner ALL=(ALL) NOPASSWD: ALL'
  exec setpriv --reuid ${uid} --regid ${uid} --clear-groups "$@"
`

function asLearner(...args: string[]) {
  const words = [
    '--mount',
    '/bin/sh',
    '-ec',
    asUser,
    'sh',
    checkout.path('nvm', 'node'),
    'tools/workshop.mjs',
    ...args,
  ]
  const { status, stdout, stderr } = spawnSync('unshare', words, {
    cwd: checkout.folder,
    encoding: 'utf8',
    env: {
      HOME: checkout.folder,
      USER: 'learner',
      TERM: 'dumb',
      PATH: `${checkout.path('nvm')}:/usr/local/bin:/usr/bin:/bin`,
    },
  })
  return { status, stdout, stderr }
}

test('the doctor tries what root can, and knows about the PATH', () => {
  const { status, stdout } = asLearner('doctor', '--json')
  const { findings } = JSON.parse(stdout)
  const state = (name: string) => findings.find((finding: { name: string }) => finding.name === name)?.state
  expect({ status, root: state('root'), mounting: state('mounting'), path: state('sudo and PATH') }).toEqual({
    status: 0,
    root: 'ok',
    mounting: 'ok',
    path: 'note',
  })
})

test('begins, jumps, is judged, and owns all that was made', () => {
  expect(asLearner('begin').status).toBe(0)
  expect(asLearner('jump', '2').status).toBe(0)
  expect(asLearner('check', '2', '--only')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('All of 02-uts holds.'),
  })
  const found = execFileSync('find', [checkout.folder, '-user', 'root', '-not', '-path', '*/nvm/*'], {
    encoding: 'utf8',
  })
  expect(found).toBe('')
})
