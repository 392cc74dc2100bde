// An ordinary user with sudo, whose Node comes from a version manager that sudo doesn't find.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../harness/proc'
import { Checkout } from './checkout'

const uid = 64_021
let checkout: Checkout

beforeAll(() => {
  checkout = new Checkout()
  mkdirSync(checkout.path('nvm'))
  copyFileSync(process.execPath, checkout.path('nvm', 'node'))
  execFileSync('chown', ['--recursive', '--no-dereference', `${uid}:${uid}`, checkout.folder])
})
afterAll(() => checkout.remove())

// The user exists only in a mount namespace: the machine's own lists of users don't change.
const asUser = `
  add() { cp --preserve=mode "$1" "$HOME/nvm/list"; echo "$2" >> "$HOME/nvm/list"; cp --preserve=mode "$HOME/nvm/list" "$HOME/nvm/$(basename "$1")"; chown root:root "$HOME/nvm/$(basename "$1")"; mount --bind "$HOME/nvm/$(basename "$1")" "$1"; }
  add /etc/passwd "learner:x:${uid}:${uid}:learner:$HOME:/bin/sh"
  add /etc/group "learner:x:${uid}:"
  add /etc/shadow 'learner:*:20000:0:99999:7:::'
  add /etc/sudoers 'learner ALL=(ALL) NOPASSWD: ALL'
  exec setpriv --reuid ${uid} --regid ${uid} --clear-groups "$@"
`

const words = (...args: string[]) => [
  '--mount',
  '/bin/sh',
  '-ec',
  asUser,
  'sh',
  checkout.path('nvm', 'node'),
  'tools/run.mjs',
  ...args,
]

const environment = () => ({
  HOME: checkout.folder,
  USER: 'learner',
  TERM: 'dumb',
  PATH: `${checkout.path('nvm')}:/usr/local/bin:/usr/bin:/bin`,
})

function asLearner(...args: string[]) {
  const options = { cwd: checkout.folder, encoding: 'utf8', env: environment() } as const
  const { status, stdout, stderr } = spawnSync('unshare', words(...args), options)
  return { status, stdout, stderr }
}

test('the doctor tries what root can, and knows about the PATH', () => {
  const { status, stdout } = asLearner('doctor', '--json')
  const { findings } = JSON.parse(stdout)
  const state = (name: string) =>
    findings.find((finding: { name: string }) => finding.name === name)?.state
  expect({
    status,
    root: state('root'),
    mounting: state('mounting'),
    path: state('sudo and PATH'),
  }).toEqual({
    status: 0,
    root: 'ok',
    mounting: 'ok',
    path: 'note',
  })
})

test('begins, jumps, is judged, and owns everything that was made', () => {
  expect(asLearner('begin').status).toBe(0)
  expect(asLearner('jump', '2').status).toBe(0)
  expect(asLearner('check', '2', '--only')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('All of 02-uts holds.'),
  })
  const found = execFileSync(
    'find',
    [checkout.folder, '-user', 'root', '-not', '-path', '*/nvm/*'],
    {
      encoding: 'utf8',
    },
  )
  expect(found).toBe('')
})

test('Ctrl-C at the password prompt ends it with 130, without a word', async () => {
  const sudo = checkout.path('nvm', 'sudo')
  writeFileSync(
    sudo,
    "#!/bin/sh\ntrap 'kill $!; exit 1' INT\nprintf password: >&2\nsleep 30 & wait\n",
    {
      mode: 0o755,
    },
  )
  const child = spawn('unshare', words('check', '2'), {
    cwd: checkout.folder,
    env: environment(),
    detached: true,
    stdio: 'pipe',
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  try {
    await until(() => said.includes('password:'))
    process.kill(-(child.pid as number), 'SIGINT')
    await until(() => child.exitCode !== null)
    expect({ status: child.exitCode, said }).toEqual({ status: 130, said: 'password:' })
  } finally {
    if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    rmSync(sudo)
  }
})
