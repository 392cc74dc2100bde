// What the kernel says about a program that fails a claim: asked when it's needed.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf, trees } from '../../../test/harness/cgroup'
import { inNetwork } from '../../../test/harness/network'
import { outcome } from '../../../test/harness/outcome'
import {
  descendants,
  killPid,
  type Mount,
  mountinfo,
  type Namespace,
  namespace,
  parseMounts,
  status,
  tryRead,
} from '../../../test/harness/proc'
import { sharedMounts } from '../../../test/harness/sandbox'
import { ownWords, type ProgramError } from './errors'
import { type Ended, type Live, newToken, type Target } from '../../../test/harness/target'

/** How a command ended; `endless` says why nobody waits for its end any longer. */
export type Outcome = Ended & { endless?: string }

type Group = { folder: string; procs: number[]; limits: string[] }

/** A container that has come to rest, and the cgroups it is in or isn't. */
export type Grouped = {
  run: number
  command: number
  /** What the command started at once. */
  first: number | undefined
  /** The groups of the command that the run process isn't in. */
  own: string[]
  /** Those of its first child. */
  ofFirst: string[]
  /** All groups that the program made on its host for this container. */
  made: Group[]
}

export class Scene {
  readonly target: Target
  /** The step that the program is meant to be. */
  readonly step: string
  /** How a run that should only have said something ended, if the program doesn't start. */
  readonly start?: Outcome
  /** The error that ended the program. */
  readonly error?: ProgramError
  /** What was found for each cause that was looked into. */
  readonly evidence = new Map<string, Promise<string | undefined>>()
  #grouped: Promise<Grouped> | undefined

  constructor(target: Target, step: string, error?: ProgramError, start?: Outcome) {
    this.target = target
    this.step = step
    this.error = error
    this.start = start
  }

  /** What the program says about its failure. */
  get said(): string {
    return this.error?.message ?? ownWords(this.start?.stderr ?? '')
  }

  /** The text of its main.ts. */
  get source(): string {
    return readFileSync(this.target.main, 'utf8')
  }

  /** The shell in a container of this program; the claims talk to the same one. */
  shell(): Promise<Live> {
    return this.target.live()
  }

  /** Whether the command is in a namespace of the host. */
  async shares(kind: Namespace): Promise<boolean> {
    return namespace((await this.shell()).pid, kind) === this.target.outside(kind)
  }

  /** The command's pid in each of its pid namespaces, the host's first. */
  async pids(): Promise<string[]> {
    return (status((await this.shell()).pid, 'NSpid') ?? '').trim().split(/\s+/)
  }

  /** The mounts that the command sees. */
  async mounts(): Promise<Mount[]> {
    return parseMounts(mountinfo((await this.shell()).pid))
  }

  async hostMounts(): Promise<Mount[]> {
    return parseMounts(mountinfo(await this.target.ownHost()))
  }

  /** The mounts of a container on a host that shares its mounts, as systemd does. */
  async mountsOnSharingHost(): Promise<Mount[]> {
    const host = await sharedMounts(this.target.onHost())
    try {
      const shell = await this.target.shell({
        wrap: ['nsenter', '--target', `${host.pid}`, '--mount'],
      })
      const mounts = parseMounts(mountinfo(shell.pid))
      await shell.end()
      return mounts
    } finally {
      await host.close()
    }
  }

  /** What the command's root or working directory is called on the host. */
  async link(link: 'root' | 'cwd'): Promise<string> {
    return readlinkSync(`/proc/${(await this.shell()).pid}/${link}`)
  }

  /** The cgroups that the program made on its host. */
  async groups(): Promise<Group[]> {
    const host = await this.target.ownHost()
    return trees
      .map((tree) => `/proc/${host}/root${tree}`)
      .flatMap((tree) => directories(tree).map((name) => join(tree, name)))
      .map((folder) => ({
        folder,
        procs: numbers(`${folder}/cgroup.procs`),
        limits: limitsOf(folder),
      }))
  }

  /** What became of a container once it had joined a cgroup, or nothing more was to come. */
  grouped(): Promise<Grouped> {
    this.#grouped ??= this.#startGrouped()
    return this.#grouped
  }

  async #startGrouped(): Promise<Grouped> {
    const before = (await this.groups()).map(({ folder }) => folder)
    const started = this.target.start(['/bin/sh', '-c', '(sleep 60; :) & wait', newToken()])
    const run = started.pid
    try {
      const command = await started.commandPid()
      const own = () => cgroupsOf(command, run)
      await outcome(run, () => !started.running || own().length > 0)
      await outcome(run, () => !started.running || descendants(command).length > 0)
      const [first] = descendants(command)
      const made = (await this.groups()).filter(({ folder }) => !before.includes(folder))
      const ofFirst = first === undefined ? [] : cgroupsOf(first, run)
      return { run, command, first, own: own(), ofFirst, made }
    } finally {
      for (const pid of descendants(run)) killPid(pid)
      await started.kill()
    }
  }

  /** The network interfaces in the container, or on the host. */
  async links(where: 'container' | 'host'): Promise<string[]> {
    const links: { ifname: string }[] = JSON.parse(await this.network(where, 'ip', '-json', 'link'))
    return links.map(({ ifname }) => ifname)
  }

  /** What a program of the host says in the network of the container, or of its host. */
  async network(where: 'container' | 'host', file: string, ...args: string[]): Promise<string> {
    const pid = where === 'host' ? await this.target.ownHost() : (await this.shell()).pid
    return inNetwork(pid, file, ...args)
  }
}

const directories = (tree: string) =>
  existsSync(tree)
    ? readdirSync(tree, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : []

const numbers = (file: string) => tryRead(file)?.match(/\d+/g)?.map(Number) ?? []

/** A group's limits, as `file value`. */
function limitsOf(folder: string): string[] {
  const files = ['memory.max', 'pids.max', 'cpu.max', 'memory.limit_in_bytes', 'cpu.cfs_quota_us']
  return files
    .map((file) => [file, tryRead(`${folder}/${file}`)?.trim()] as const)
    .filter(([, value]) => value && !/^(max|-1|\d{19})/.test(value))
    .map(([file, value]) => `${file} ${value}`)
}
