// An ordinary user with sudo, and a Node that only the user finds, in a home that's nobody else's.
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
import { setTimeout as after } from 'node:timers/promises'
import { find } from '../../setup/programs.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { LeftOut } from '../attempts'
import { type Ended, run, story, succeeds } from '../run'
import type { Machine } from './machine'

const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

type Account = { name: string; home: string; uid: number; gid: number }

export type User = Account & { run(argv: string[], cwd: string): Promise<Ended> }

export async function makeUser(machine: Machine): Promise<User> {
  for (const program of ['useradd', 'sudo', 'visudo'])
    if (!find(program)) throw new LeftOut(`no ${program} here`)
  const name = `people-${process.pid}`
  const home = join(machine.folder, 'home')
  // First: a useradd that fails or is killed may have done half of it.
  machine.later(() => removeUser(name))
  // The home's mode is that of Debian's adduser.
  const how = ['--create-home', '--home-dir', home, '--key', 'HOME_MODE=0700', '--user-group']
  await succeeds(['useradd', ...how, '--shell', '/bin/sh', name])
  const id = async (flag: string) => Number((await succeeds(['id', flag, name])).stdout)
  const user = { name, home, uid: await id('-u'), gid: await id('-g') }
  machine.later(() => rmSync(join(tmpdir(), `tsx-${user.uid}`), { recursive: true, force: true }))
  machine.later(() => endProcesses(user.uid))
  await allowSudo(user, machine)
  await installNode(user)
  return { ...user, run: (argv, cwd) => run([...asUser(user), ...argv], { cwd }) }
}

async function removeUser(name: string): Promise<void> {
  const ended = await run(['userdel', '--remove', name], { always: true })
  const noSuchUser = 6
  if (ended.status !== 0 && ended.status !== noSuchUser) throw new Problem(story(ended))
}

/** First in sudo's PATH is a trap: to look for `node` there ends with status 99. */
async function allowSudo({ name }: Account, machine: Machine): Promise<void> {
  const trap = join(machine.folder, 'trap')
  mkdirSync(trap)
  const script = '#!/bin/sh\necho "sudo\'s PATH was searched for $0" >&2; exit 99\n'
  for (const program of ['node', 'npm', 'npx'])
    writeFileSync(join(trap, program), script, { mode: 0o755 })
  const file = join('/etc/sudoers.d', name)
  const draft = join(machine.folder, 'sudoers')
  const rules = [
    `${name} ALL=(ALL) NOPASSWD: ALL`,
    `Defaults:${name} secure_path="${trap}:${system}"`,
  ]
  writeFileSync(draft, `${rules.join('\n')}\n`, { mode: 0o440 })
  await succeeds(['visudo', '--check', '--file', draft])
  machine.later(() => rmSync(file, { force: true }))
  cpSync(draft, file)
}

/** Only the scenarios have ever been this user. */
async function endProcesses(uid: number): Promise<void> {
  const theirs = () =>
    readdirSync('/proc').filter((name) => /^\d+$/.test(name) && ownerOf(name) === uid)
  const end = Date.now() + 60_000
  for (let pids = theirs(); pids.length; pids = theirs()) {
    if (Date.now() > end) throw new Problem(`processes that don't end: ${pids.join(', ')}`)
    await run(['kill', '-s', 'KILL', ...pids], { always: true })
    await after(100)
  }
}

function ownerOf(pid: string): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined // it has ended
  }
}

/** As a version manager does it: in a hidden folder of the home, with its own npm. */
async function installNode({ home, uid, gid }: Account): Promise<void> {
  const prefix = join(home, '.versions/node')
  mkdirSync(join(prefix, 'bin'), { recursive: true })
  cpSync(process.execPath, join(prefix, 'bin/node'))
  const npm = dirname(dirname(realpathSync(find('npm') as string)))
  cpSync(npm, join(prefix, 'lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(prefix, 'bin/npm'))
  writeFileSync(join(home, '.npmrc'), await npmConfiguration())
  await succeeds(['chown', '-R', `${uid}:${gid}`, home])
}

/** Where this machine gets its packages, for instance from a mirror; nobody's key. */
async function npmConfiguration(): Promise<string> {
  const lines = ['registry', 'cafile'].map(async (key) => {
    const value = (await run(['npm', 'config', 'get', key])).stdout.trim()
    return value && value !== 'null' ? `${key}=${value}\n` : ''
  })
  return (await Promise.all(lines)).join('')
}

function asUser({ name, home, uid, gid }: Account): string[] {
  const kept = Object.entries(process.env).filter(([key]) =>
    /^((https?|no)_proxy|TEST_SLOWNESS)$/i.test(key),
  )
  const environment = {
    HOME: home,
    USER: name,
    LOGNAME: name,
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    PATH: `${join(home, '.versions/node/bin')}:${system}`,
    ...Object.fromEntries(kept),
  }
  return [
    ...['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--init-groups', '--inh-caps=-all'],
    ...['env', '--ignore-environment'],
    ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
  ]
}
