// An ordinary user with sudo, whose Node comes from a version manager that sudo doesn't find.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../harness/proc'
import { becoming } from '../harness/user'
import { Checkout } from './checkout'

const uid = 65534
let checkout: Checkout

beforeAll(() => {
  checkout = new Checkout()
  mkdirSync(checkout.path('nvm'))
  copyFileSync(process.execPath, checkout.path('nvm', 'node'))
  execFileSync('chown', ['--recursive', '--no-dereference', `${uid}:${uid}`, checkout.folder])
})
afterAll(() => checkout.remove())

// Only in a mount namespace may nobody use sudo: the machine's own list doesn't change.
const sudoers = `
  cp --preserve=mode /etc/sudoers "$HOME/nvm"
  echo 'nobody ALL=(ALL) NOPASSWD: ALL' >> "$HOME/nvm/sudoers"
  mount --bind "$HOME/nvm/sudoers" /etc/sudoers
  exec "$@"
`

const words = (...args: string[]) => [
  ...['--mount', '/bin/sh', '-ec', sudoers, 'sh', ...becoming(uid)],
  ...[checkout.path('nvm', 'node'), 'tools/run.mjs', ...args],
]

const environment = () => ({
  HOME: checkout.folder,
  USER: 'nobody',
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
  const stopping = findings.filter((finding: { state: string }) => finding.state === 'failure')
  expect({
    status,
    stopping,
    root: state('root'),
    mounting: state('mounting'),
    path: state('sudo and PATH'),
  }).toEqual({
    status: 0,
    stopping: [],
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
    // The sleep may have got the signal too: that its kill fails then is no matter.
    "#!/bin/sh\nsleep 30 &\ntrap 'kill $! 2> /dev/null; exit 1' INT\nprintf password: >&2\nwait\n",
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
