/** What the makers of the root file systems get to know. */
export interface Context {
  /** Where the root file systems are; for what outlives a run, as a download does. */
  directory: string
  /** An empty directory that is removed at the end. */
  scratch: string
  /** Ends the work early. */
  signal?: AbortSignal
  /** Tells the person what goes on. */
  say: (text: string) => void
  /** The archive of the kind `tarball`. */
  tarball?: string
  /** The checksum to expect of Alpine's file instead of the pinned one. */
  sha256?: string
  /** Where a static busybox is looked for, instead of the usual places. */
  busyboxes?: string[]
}
