// An ordinary user: sudo without a password, and a Node that sudo does not find.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { LeftOut, run, signal, story, succeeds } from './run.mjs'

const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export async function makeUser(machine) {
  for (const program of ['useradd', 'sudo', 'visudo'])
    if (!find(program)) throw new LeftOut(`no ${program} here`)
  const name = `people-${process.pid}`
  const home = join(machine.folder, 'home')
  // First: a useradd that fails, or is ended, may have come half its way.
  machine.later(() => removeUser(name))
  await succeeds([
    'useradd',
    '--create-home',
    '--home-dir',
    home,
    '--shell',
    '/bin/sh',
    '--user-group',
    name,
  ])
  const id = async (flag) => Number((await succeeds(['id', flag, name])).stdout)
  const user = { name, home, uid: await id('-u'), gid: await id('-g') }
  machine.later(() => rmSync(join(tmpdir(), `tsx-${user.uid}`), { recursive: true, force: true }))
  machine.later(() => endProcesses(user.uid))
  await allowSudo(user, machine)
  await installNode(user)
  return {
    ...user,
    run: (argv, cwd, wrap = []) => run([...wrap, ...asUser(user), ...argv], { cwd }),
  }
}

async function removeUser(name) {
  const ended = await run(['userdel', '--remove', name], { always: true })
  // 6: there is no such user.
  if (![0, 6].includes(ended.status)) throw new Error(story(ended))
}

// A Node that sudo does find, first in its PATH: whoever asks for `node` there gets status 99.
async function allowSudo({ name }, machine) {
  const trap = join(machine.folder, 'trap')
  mkdirSync(trap)
  for (const program of ['node', 'npm', 'npx'])
    writeFileSync(
      join(trap, program),
      '#!/bin/sh\necho "sudo\'s PATH was searched for $0" >&2; exit 99\n',
      {
        mode: 0o755,
      },
    )
  const file = join('/etc/sudoers.d', name)
  const draft = join(machine.folder, 'sudoers')
  writeFileSync(
    draft,
    `${name} ALL=(ALL) NOPASSWD: ALL\nDefaults:${name} secure_path="${trap}:${system}"\n`,
    { mode: 0o440 },
  )
  await succeeds(['visudo', '--check', '--file', draft])
  machine.later(() => rmSync(file, { force: true }))
  cpSync(draft, file)
}

// Nobody but the scenarios has ever been this user.
async function endProcesses(uid) {
  for (let tries = 0; tries < 50; tries++) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && ownerOf(name) === uid)
    if (!pids.length) return
    for (const pid of pids) signal(Number(pid), 'SIGKILL')
    await new Promise((done) => setTimeout(done, 100))
  }
}

function ownerOf(pid) {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined
  }
}

// As a version manager does it: in a hidden folder of the home, with an npm of its own.
async function installNode({ home, uid, gid }) {
  const prefix = join(home, '.versions/node')
  mkdirSync(join(prefix, 'bin'), { recursive: true })
  cpSync(process.execPath, join(prefix, 'bin/node'))
  const npm = dirname(dirname(realpathSync(find('npm'))))
  cpSync(npm, join(prefix, 'lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(prefix, 'bin/npm'))
  writeFileSync(join(home, '.npmrc'), await npmConfiguration())
  await succeeds(['chown', '-R', `${uid}:${gid}`, home])
}

// Where this machine gets its packages, for instance from a mirror; no key of anybody's.
async function npmConfiguration() {
  const lines = ['registry', 'cafile'].map(async (key) => {
    const value = (await run(['npm', 'config', 'get', key])).stdout.trim()
    return value && value !== 'null' ? `${key}=${value}\n` : ''
  })
  return (await Promise.all(lines)).join('')
}

function asUser({ name, home, uid, gid }) {
  const proxies = Object.keys(process.env).filter((key) => /^(https?|no)_proxy$/i.test(key))
  const environment = {
    HOME: home,
    USER: name,
    LOGNAME: name,
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    PATH: `${join(home, '.versions/node/bin')}:${system}`,
    ...Object.fromEntries(proxies.map((key) => [key, process.env[key]])),
  }
  const words = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  const become = [
    'setpriv',
    '--reuid',
    `${uid}`,
    '--regid',
    `${gid}`,
    '--init-groups',
    '--inh-caps=-all',
  ]
  return [...become, 'env', '--ignore-environment', ...words]
}
