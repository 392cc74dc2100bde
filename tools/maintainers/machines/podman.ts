// Podman with folders and cgroups of its own: it sees and changes no other container or image, and
// no network.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { find } from '../../setup/programs.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { LeftOut } from '../attempts'
import { type Ended, run, succeeds } from '../run'
import type { Machine } from './machine'

type Wanted = Parameters<typeof run>[1]

const root = '/sys/fs/cgroup'

export class Podman {
  readonly #argv: string[]
  readonly #group = `test-people-${process.pid}`

  constructor(machine: Machine) {
    for (const program of ['podman', 'conmon', 'runc'])
      if (!find(program)) throw new LeftOut(`no ${program} here`)
    const at = (name: string) => join(machine.folder, 'podman', name)
    this.#argv = [
      ...['podman', '--root', at('root'), '--runroot', at('run'), '--tmpdir', at('tmp')],
      ...['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'none'],
      ...['--runtime', 'runc'],
    ]
    machine.later(() => this.#removeGroups())
  }

  run(words: string[], options?: Wanted): Promise<Ended> {
    return run([...this.#argv, ...words], options)
  }

  succeeds(words: string[], options?: Wanted): Promise<Ended> {
    return succeeds([...this.#argv, ...words], options)
  }

  /** Starts a container that waits, with these options of `podman run`; gives its id. */
  async start(machine: Machine, options: string[], image: string): Promise<string> {
    // A root without CAP_SYS_RESOURCE can't raise limits, which is what Podman's defaults do.
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']
    const own = ['--network', 'none', '--cgroup-parent', `/${this.#group}`]
    const words = ['run', '--detach', ...own, ...limits, ...options, image, 'sleep', 'infinity']
    const id = (await this.succeeds(words)).stdout.trim()
    machine.later(() => this.succeeds(['rm', '--force', '--time', '0', id], { always: true }))
    return id
  }

  /** Podman leaves its parent group, and that of conmon, in each tree. */
  async #removeGroups(): Promise<void> {
    const groups = ['', ...readdirSync(root)].map((tree) => join(root, tree, this.#group))
    const left = () => groups.flatMap((group) => [join(group, 'conmon'), group]).filter(existsSync)
    for (const end = Date.now() + 60_000; left().length > 0; await after(100)) {
      if (Date.now() > end) throw new Problem(`${left().join(', ')} still has processes`)
      // conmon ends a little later than its container.
      for (const group of left()) await run(['rmdir', group], { always: true })
    }
  }
}
