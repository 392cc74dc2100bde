// A host to be played on: everything a reader's commands change is its own, and ends with it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../lib/project.mjs'
import { Session } from '../console/session'

export type CgroupVersion = 'v1' | 'v2'

export const cgroupVersion: CgroupVersion = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1'

/** cgroup v2 has one tree, v1 one for each controller. */
const trees =
  cgroupVersion === 'v2'
    ? ['/sys/fs/cgroup']
    : ['memory', 'pids', 'cpu'].map((controller) => `/sys/fs/cgroup/${controller}`)

// All namespaces but that of users: with its first process everything in them ends, also when this process is killed.
const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--cgroup']

export class Machine {
  readonly #unshare: ChildProcess
  readonly #folder: string
  readonly #sessions: Session[] = []
  /** The first process in there, as the real host counts. */
  readonly pid: number

  private constructor(unshare: ChildProcess, folder: string, pid: number) {
    this.#unshare = unshare
    this.#folder = folder
    this.pid = pid
  }

  static async start(): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'container-guide-'))
    const options = ['--mount', '--propagation', 'private', '/bin/sh', '-ec', script(folder)]
    const unshare = spawn('unshare', options, { cwd: root, stdio: 'pipe' })
    try {
      await ready(unshare)
      return new Machine(unshare, folder, firstProcess(Number(unshare.pid)))
    } catch (error) {
      unshare.kill('SIGKILL')
      cleanUp(folder)
      throw error
    }
  }

  /** A shell in the checkout, at a terminal of its own. */
  terminal(): Session {
    const enter = ['nsenter', '--target', `${this.pid}`, ...namespaces]
    const PATH = [dirname(process.execPath), process.env.PATH, join(this.#folder, 'bin')].join(':')
    const env = { PATH, HOME: join(this.#folder, 'home'), NO_COLOR: '1', NO_UPDATE_NOTIFIER: '1' }
    const session = new Session({ cwd: root, env, enter })
    this.#sessions.push(session)
    return session
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()))
    const ended = new Promise((resolve) => this.#unshare.once('close', resolve))
    this.#unshare.stdin?.end()
    if (this.#unshare.exitCode === null) await ended
    cleanUp(this.#folder)
  }
}

/** What the host is made of, as the first process in there does it. */
const script = (folder: string) => `
  folder=${quote(folder)}
  mount -t tmpfs -o size=256m,mode=755 guide "$folder"
  mkdir "$folder"/upper "$folder"/work "$folder"/home "$folder"/bin "$folder"/mnt
  ${existsSync('/usr/bin/sudo') ? '' : `printf '#!/bin/sh\\nexec "$@"\\n' > "$folder"/bin/sudo; chmod 755 "$folder"/bin/sudo`}
  mount -t overlay -o "lowerdir=.,upperdir=$folder/upper,workdir=$folder/work" overlay ${quote(root)}

  for tree in ${trees.join(' ')}; do
    for old in "$tree"/guide-*; do
      [ -d "/proc/\${old##*-}" ] || rmdir "$old"/* "$old" 2> /dev/null || true
    done
    [ ! -e "$tree"/cgroup.controllers ] || echo '+memory +pids +cpu' > "$tree"/cgroup.subtree_control || true
    mkdir "$tree"/guide-${process.pid}-$$
    echo $$ > "$tree"/guide-${process.pid}-$$/cgroup.procs
  done
  export group=guide-${process.pid}-$$
  exec unshare --cgroup --net --uts --ipc --pid --fork --kill-child /bin/sh -ec '
    ip link set lo up
    # sudo looks up the name of its host, and there is no network to ask.
    { cat /etc/hosts; echo; echo "127.0.1.1 $(hostname)"; } > "$0"/hosts
    mount --bind "$0"/hosts /etc/hosts
    mount -t proc proc /proc
    mount --rbind /sys/fs/cgroup "$0"/mnt
    mount -t sysfs sysfs /sys
    mount --rbind "$0"/mnt /sys/fs/cgroup
    umount --recursive "$0"/mnt
    for tree in ${trees.join(' ')}; do
      # A group that gives controllers to others may have no process in it.
      [ ! -e $tree/cgroup.controllers ] || echo 0 > $tree/cgroup.procs
      mount --bind $tree/$group $tree
    done
    mount --make-rshared /
    echo ready
    # Until its input ends; a shell that waits also takes care of orphans, which become its children.
    cat > /dev/null
    exit 0
  ' "$folder"
`

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

async function ready(child: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk
      if (/^ready$/m.test(said)) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', reject)
    child.once('close', () =>
      reject(new Error(`namespaces for the guide's commands could not be made: ${said}`)),
    )
  })
}

function firstProcess(unshare: number): number {
  return Number(readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').trim())
}

function cleanUp(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  for (const tree of trees)
    for (const name of readdirSync(tree).filter((name) => name.startsWith(`guide-${process.pid}-`)))
      removeGroup(join(tree, name))
}

// A process that is on its way out keeps its group for a moment.
function removeGroup(group: string): void {
  for (let tries = 0; tries < 100; tries++) {
    try {
      for (const entry of readdirSync(group, { withFileTypes: true }))
        if (entry.isDirectory()) rmdirSync(join(group, entry.name))
      rmdirSync(group)
      return
    } catch {
      spawnSync('sleep', ['0.02'])
    }
  }
}
