// Notices that the learner's files were saved, with any editor and on any file system.
import { statfsSync } from 'node:fs'
import { basename } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { isSource } from '../learner'

// File systems that another machine may write to without this kernel noticing. See statfs(2).
const shared = {
  nfs: 0x6969,
  smb: 0x517b,
  cifs: 0xff534d42,
  smb2: 0xfe534d42,
  '9p': 0x01021997,
  vboxsf: 0x786f4256,
  'fuse, virtiofs': 0x65735546,
  vmhgfs: 0xbacbacbc,
  prl_fs: 0x7c7c6673,
}

/** Whether the kernel can't tell about each save here. */
function isShared(folder: string): boolean {
  return Object.values(shared).includes(statfsSync(folder).type >>> 0)
}

export class SourceFiles {
  #watcher: FSWatcher | undefined
  readonly #folder: string
  readonly #saved: () => void
  #polls: boolean
  #timer: NodeJS.Timeout | undefined

  constructor(folder: string, poll: boolean, saved: () => void) {
    this.#folder = folder
    this.#saved = saved
    this.#polls = poll || isShared(folder)
    this.#start()
  }

  get polls(): boolean {
    return this.#polls
  }

  #start(): void {
    this.#watcher = watch(this.#folder, {
      ignoreInitial: true,
      depth: 0,
      ignored: (path) => path !== this.#folder && !isSource(basename(path)),
      ...(this.#polls && { usePolling: true, interval: 400 }),
    })
    this.#watcher.on('all', () => {
      // An editor may write a file in several steps.
      clearTimeout(this.#timer)
      this.#timer = setTimeout(this.#saved, 80)
    })
    // A save before it was ready causes no event.
    this.#watcher.on('ready', () => this.#saved())
    this.#watcher.on('error', () => void this.#poll())
  }

  /** The kernel has no watch left, see /proc/sys/fs/inotify: polling always works. */
  async #poll(): Promise<void> {
    if (this.#polls) return
    this.#polls = true
    await this.#watcher?.close()
    this.#start()
    this.#saved()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#watcher?.close()
  }
}
