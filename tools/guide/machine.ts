// A host to be played on: everything a reader's commands change is its own, and ends with it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isV2, trees } from '../../test/harness/cgroup'
import { at, root } from '../setup/project.mjs'
import { Session } from '../console/session'

export type CgroupVersion = 'v1' | 'v2'

export const cgroupVersion: CgroupVersion = isV2 ? 'v2' : 'v1'

// All namespaces but that of users: with its first process everything in them ends, also when this process is killed.
const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--cgroup']

/** The id of a user that no machine has. */
const USER = 54321

const script = at('tools', 'guide', 'host.sh')
let machines = 0

/** Its place in the file system of the real host, and the name of its cgroups. */
type Place = { folder: string; group: string }

export class Machine {
  readonly #unshare: ChildProcess
  readonly #place: Place
  readonly #sessions: Session[] = []
  /** The first process in there, as the real host counts. */
  readonly pid: number
  readonly #user: boolean

  private constructor(unshare: ChildProcess, place: Place, pid: number, user: boolean) {
    this.#unshare = unshare
    this.#place = place
    this.pid = pid
    this.#user = user
  }

  /** With `user`, the terminals are those of an ordinary user, who may use sudo. */
  static async start({ user = false } = {}): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), `container-guide-${process.pid}-`))
    chmodSync(folder, 0o755)
    const place = { folder, group: `guide-${++machines}-${process.pid}` }
    const who = { node: process.execPath, user: user ? `${USER}` : '' }
    const settings = { ...place, ...who, checkout: root, trees: trees.join(' ') }
    const unshare = spawn('unshare', ['--mount', '--propagation', 'private', script, 'outside'], {
      env: { ...process.env, ...settings },
      stdio: 'pipe',
    })
    try {
      await ready(unshare)
      return new Machine(unshare, place, firstProcess(Number(unshare.pid)), user)
    } catch (error) {
      unshare.kill('SIGKILL')
      cleanUp(place)
      throw error
    }
  }

  /** The path of Node in there. */
  get node(): string {
    return join(this.#place.folder, 'bin', 'node')
  }

  /** The path of the checkout in there. */
  get checkout(): string {
    return join(this.#place.folder, 'containers')
  }

  /** A shell in the checkout, at a terminal of its own. */
  terminal(): Session {
    const enter = ['nsenter', '--target', `${this.pid}`, ...namespaces]
    if (this.#user) enter.push('setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups')
    const { folder } = this.#place
    const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(':')
    const env = { PATH, HOME: join(folder, 'home'), NO_UPDATE_NOTIFIER: '1' }
    const session = new Session({ cwd: this.checkout, env, enter, cols: 80, rows: 24 })
    this.#sessions.push(session)
    return session
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()))
    const ended = new Promise((resolve) => this.#unshare.once('close', resolve))
    this.#unshare.stdin?.end()
    if (this.#unshare.exitCode === null) await ended
    cleanUp(this.#place)
  }
}

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

function cleanUp({ folder, group }: Place): void {
  rmSync(folder, { recursive: true, force: true })
  for (const own of trees.map((tree) => join(tree, group)).filter((own) => existsSync(own)))
    removeGroup(own)
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
