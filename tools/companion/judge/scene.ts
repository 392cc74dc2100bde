// What the kernel says about a program that a property does not hold for: asked once it is needed, and kept.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf, trees } from '../../../test/harness/cgroup'
import {
  type Mount,
  mountinfo,
  type Namespace,
  namespace,
  parseMounts,
  status,
  tryRead,
} from '../../../test/harness/proc'
import { sharedMounts } from '../../../test/harness/sandbox'
import type { Ended, Live, Target } from '../../../test/harness/target'

export class Scene {
  readonly target: Target
  /** The step that is judged: what the reference of it says is what the learner is after. */
  readonly step: string
  /** How a run that should only have said something ended; there when the program does not start. */
  readonly start?: Ended
  /** What was found for each cause that was looked into. */
  readonly evidence = new Map<string, Promise<string | undefined>>()

  constructor(target: Target, step: string, start?: Ended) {
    this.target = target
    this.step = step
    this.start = start
  }

  /** What it wrote on stderr. */
  get stderr(): string {
    return this.start?.stderr ?? ''
  }

  /** The shell in a container of this program; the same as the properties talk to. */
  shell(): Promise<Live> {
    return this.target.live()
  }

  run(...command: string[]): Promise<Ended> {
    return this.target.run(command)
  }

  async inside(kind: Namespace): Promise<string> {
    return namespace((await this.shell()).pid, kind)
  }

  outside(kind: Namespace): string {
    return this.target.outside(kind)
  }

  async shares(kind: Namespace): Promise<boolean> {
    return (await this.inside(kind)) === this.outside(kind)
  }

  /** The pid of the command in each of the pid namespaces it is in, the host's first. */
  async pids(): Promise<string[]> {
    return (status((await this.shell()).pid, 'NSpid') ?? '').trim().split(/\s+/)
  }

  /** The host name before any container ran, and now. */
  hostNames(): { before: string; now: string } {
    return { before: this.target.hostNameBefore, now: this.target.hostName() }
  }

  /** The mounts that the command sees. */
  async mounts(): Promise<Mount[]> {
    return parseMounts(mountinfo((await this.shell()).pid))
  }

  /** All mounts of its mount namespace, also those outside its root directory. */
  async allMounts(): Promise<Mount[]> {
    return parseMounts(
      this.enter((await this.shell()).pid, ['--mount', '--pid'], 'cat', '/proc/self/mountinfo'),
    )
  }

  async hostMounts(): Promise<Mount[]> {
    return parseMounts(mountinfo(await this.target.ownHost()))
  }

  /** The mounts of a container on a host which shares its mounts, as systemd lets it. */
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

  /** Whether a file of the command's, such as its root or working directory, is this one. */
  async is(link: 'root' | 'cwd', directory: string): Promise<boolean> {
    return identity(`/proc/${(await this.shell()).pid}/${link}/`) === identity(directory)
  }

  async link(link: 'root' | 'cwd'): Promise<string> {
    return readlinkSync(`/proc/${(await this.shell()).pid}/${link}`)
  }

  /** The cgroups that this host has, made by the program: each with the processes in it and its limits. */
  async groups(): Promise<{ folder: string; procs: number[]; limits: string[] }[]> {
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

  /** The cgroup folders of the command that are its own. */
  async ownGroups(): Promise<string[]> {
    const shell = await this.shell()
    return cgroupsOf(shell.pid, shell.runPid)
  }

  /** The network interfaces in the container, or on the host. */
  async links(where: 'container' | 'host'): Promise<string[]> {
    const pid = where === 'host' ? await this.target.ownHost() : (await this.shell()).pid
    const links: { ifname: string }[] = JSON.parse(
      this.enter(pid, ['--net'], 'ip', '-json', 'link'),
    )
    return links.map(({ ifname }) => ifname)
  }

  /** What `ip` says in the network of the container, or of the host. */
  async ip(where: 'container' | 'host', ...args: string[]): Promise<string> {
    const pid = where === 'host' ? await this.target.ownHost() : (await this.shell()).pid
    return this.enter(pid, ['--net'], 'ip', ...args)
  }

  enter(pid: number, namespaces: string[], ...command: string[]): string {
    return execFileSync('nsenter', ['--target', `${pid}`, ...namespaces, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}

function identity(file: string): string {
  const { dev, ino } = statSync(file)
  return `${dev}:${ino}`
}

const directories = (tree: string) =>
  existsSync(tree)
    ? readdirSync(tree, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : []

const numbers = (file: string) =>
  (tryRead(file) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

/** What is limited in a group, as `file value`. */
function limitsOf(folder: string): string[] {
  const files = ['memory.max', 'pids.max', 'cpu.max', 'memory.limit_in_bytes', 'cpu.cfs_quota_us']
  return files
    .map((file) => [file, tryRead(`${folder}/${file}`)?.trim()] as const)
    .filter(([, value]) => value && !/^(max|-1|\d{19})/.test(value))
    .map(([file, value]) => `${file} ${value}`)
}
