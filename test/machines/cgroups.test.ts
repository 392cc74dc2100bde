// A container with its own cgroup namespace as the host, as Docker, Incus and systemd-nspawn make
// it: the root of its cgroups is a group with processes, and cgroup v2 refuses controllers there.
import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { rmdirSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isV2, trees } from '../harness/cgroup'
import { type Sandbox, sandbox } from '../harness/sandbox'
import { hostLike } from '../harness/stand-in'
import { refusesUserNamespaces } from '../harness/user'
import { soon } from '../harness/waiting'
import { repository, work } from '../harness/work'
import { last, node, nobody, somebody, step } from './somewhere'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act()
})

const look = step('07-cgroups', '--pids', '32', '/bin/cat', '/sys/fs/cgroup/pids.max')
const controllers = '+memory +pids +cpu'

/** A group that goes after the test, and `init` in it. */
function group(...names: string[]): string {
  const folder = path.join('/sys/fs/cgroup', ...names)
  mkdirSync(folder)
  undo.push(() => soon(() => [path.join(folder, 'init'), folder].every(isRemoved)))
  return folder
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder)
  } catch {} // a process is on its way out
  return !existsSync(folder)
}

/** A shell in the group, in a namespace that has the group as its root. */
async function container(folder: string, prepare = ''): Promise<Sandbox> {
  const enter = ['sh', '-c', `echo $$ > ${folder}/cgroup.procs; exec "$@"`, 'sh']
  const own = ['--mount', '--cgroup']
  const host = await sandbox(
    own,
    `umount /sys/fs/cgroup\nmount -t cgroup2 none /sys/fs/cgroup\n${prepare}`,
    enter,
  )
  undo.push(() => host.close())
  return host
}

/** As `docker exec` does it: into the group, or into that of the first process. */
function exec({ pid }: Sandbox, folder: string, words: string[], wrap: string[] = []) {
  const enter = `for group in ${folder} ${folder}/init; do
    echo $$ 2> /dev/null > $group/cgroup.procs && break; done; exec "$@"`
  const inside = ['nsenter', '--target', `${pid}`, '--mount', '--cgroup', ...wrap]
  const there = ['sh', '-c', 'cd "$0"; exec "$@"', repository, process.execPath, ...words]
  const command = ['-c', enter, 'sh', ...inside, ...there]
  const { status, stdout, stderr } = spawnSync('sh', command, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TERM: 'dumb', TMPDIR: work().otherTemporary },
  })
  return { status, stdout, stderr }
}

const checks = "import('./tools/setup/doctor/checks/cgroups.mjs').then((all) => all.cgroups())"
const doctor = ['-e', `${checks}.then((found) => console.log(JSON.stringify(found.at(-1))))`]

const processesOf = (folder: string) => readFileSync(`${folder}/cgroup.procs`, 'utf8')

if (!isV2) console.log('left out without cgroup v2, which npm run test:vm has: its namespaces')

describe.skipIf(!isV2)('in a cgroup namespace whose root has processes', () => {
  const makeRoot = () => {
    writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', controllers)
    return group(`tests-root-${process.pid}`)
  }

  test('they move into a group, also those that are born meanwhile, and limits work', async () => {
    const folder = makeRoot()
    const host = await container(folder, 'while [ -e /proc/$$ ]; do sleep 0.2; done &')
    expect(exec(host, folder, doctor).stdout).toMatch(/"ok".*moves all processes to .*\/init"/)
    expect(exec(host, folder, look)).toEqual({ status: 0, stdout: '32\n', stderr: '' })
    expect(processesOf(folder)).toBe('')
    expect(processesOf(`${folder}/init`)).toContain(`${host.pid}\n`)
    expect(exec(host, folder, look)).toEqual({ status: 0, stdout: '32\n', stderr: '' })
  })

  const start = 'start that container with --privileged --cgroupns=host\n'
  const refused = (why: string) => {
    const what = "/sys/fs/cgroup can't give controllers to its groups while it has processes"
    return { status: 1, stdout: '', stderr: `${what}: ${why}\nhint: ${start}` }
  }

  test('one that is outside of the PID namespace is named, and none has moved', async () => {
    const folder = makeRoot()
    const host = await container(folder)
    const own = ['unshare', '--pid', '--fork', '--mount-proc']
    expect(exec(host, folder, doctor, own).stdout).toMatch(
      /"failure".*outside of this PID namespace/,
    )
    const ended = exec(host, folder, look, own)
    expect(ended).toEqual(refused('one is outside of this PID namespace'))
    expect(processesOf(folder)).toBe(`${host.pid}\n`)
    expect(existsSync(`${folder}/init`)).toBe(false)
  })

  test('one that may not be moved is named', async () => {
    const folder = makeRoot()
    const host = await container(folder)
    chownSync(`${folder}/cgroup.procs`, 65534, 65534)
    const ended = exec(host, folder, look, ['setpriv', '--bounding-set=-dac_override'])
    const why = `moving process ${host.pid} to /sys/fs/cgroup/init failed with EACCES`
    expect(ended).toEqual(refused(why))
    expect(existsSync(`${folder}/init`)).toBe(false)
  })

  test('controllers that the groups above keep are missed', async () => {
    const above = group(`tests-above-${process.pid}`)
    const folder = group(path.basename(above), 'root')
    const host = await container(folder)
    const { status, stderr } = exec(host, folder, look)
    const [what, hint] = stderr.split('\n')
    expect({ status, what }).toEqual({
      status: 1,
      what: 'this host has no cgroup controller memory',
    })
    expect(hint).toBe(`hint: the groups above this container's don't pass it on: ${start.trim()}`)
  })
})

/** A user's groups as systemd's managers make them, in a machine of their own. */
async function session(delegated: string) {
  const folder = group(`tests-user-${process.pid}`)
  const slice = path.join(folder, 'user.slice', 'user-65534.slice')
  const own = path.join(slice, 'user@65534.service')
  const scope = {
    ssh: path.join(slice, 'session-1.scope'),
    own: path.join(own, 'app.slice/1.scope'),
  }
  const host = await hostLike()
  undo.push(() => soon(() => removeTree(folder)))
  undo.push(() => host.close())
  for (const made of Object.values(scope)) mkdirSync(made, { recursive: true })
  for (const above of ['/sys/fs/cgroup', folder, path.dirname(slice), slice])
    writeFileSync(
      path.join(above, 'cgroup.subtree_control'),
      above === slice ? delegated : controllers,
    )
  const given = ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads']
  for (const part of [own, path.join(own, 'app.slice'), scope.own])
    for (const file of ['', ...given]) chownSync(path.join(part, file), 65534, 65534)
  const run = (from: string, ...words: string[]) => {
    const whole = 'umount /sys/fs/cgroup' // below it: the stand-in shows a part of the tree
    const enter = ['/bin/sh', '-c', `echo $$ > ${from}/cgroup.procs; exec "$@"`, 'sh', ...nobody]
    const there = somebody(host.pid, enter)
    return node(words, { ...there, prepare: `${there.prepare}\n${whole}` })
  }
  return { own, scope, run }
}

function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(path.join(folder, entry.name))
  return isRemoved(folder)
}

const files = ['memory.max', 'pids.max', 'cpu.max']
const limits = `cd /sys/fs/cgroup; for file in ${files.join(' ')}; do
  cat $file 2> /dev/null || echo none; done`
const limited = step(last, ...['--memory', '64M', '--pids', '32', '/bin/sh', '-c', limits])

describe.skipIf(!isV2 || refusesUserNamespaces())("an ordinary user's limits", () => {
  test('are set in the group that systemd delegates', async () => {
    const { own, scope, run } = await session(controllers)
    const before = readdirSync(own)
    const { status, stdout, stderr } = run(scope.own, ...limited)
    expect({ status, stdout }).toEqual({ status: 0, stdout: '67108864\n32\n100000 100000\n' })
    expect(stderr).not.toMatch(/limit/)
    expect(readdirSync(own)).toEqual(before)
  })

  test('are not set in the session of ssh, and a line says so', async () => {
    const { scope, run } = await session(controllers)
    const { status, stderr } = run(scope.ssh, ...limited)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^no limits are set: .*; .*, try systemd-run --user --scope .*$/m)
  })

  test('are those that systemd delegates: one that it keeps is named', async () => {
    const { scope, run } = await session('+memory +pids')
    const { status, stdout, stderr } = run(scope.own, ...limited)
    expect({ status, stdout }).toEqual({ status: 0, stdout: '67108864\n32\nnone\n' })
    expect(stderr).toMatch(/^no limit of cpu is set: .*Delegate=memory pids cpu .*$/m)
  })
})

test('where /sys/fs/cgroup is read-only, the error says what to start the container with', async () => {
  const host = await hostLike()
  undo.push(() => host.close())
  const prepare = trees.map((tree) => `mount -o remount,bind,ro ${tree}`).join('; ')
  const { stderr, ...ended } = node(look, { host: host.pid, prepare })
  expect(ended).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    /^EROFS: read-only file system, \w+ '\/sys\/fs\/cgroup\/\S+'\nhint: .*Start it with --privileged.*--bind=.*cgroup:rw:force.*\n$/,
  )
})
