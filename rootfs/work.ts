// What is asked of a maker of root file systems.

export interface EnsureOptions {
  /** Where the root file systems are, instead of `ROOTFS_DIR` or the directory of this file. */
  directory?: string
  /** Make it again even if it is there. */
  force?: boolean
  /** The directory's name, instead of the kind's or the tarball's. */
  name?: string
  /** The archive for the kind `tarball`. */
  tarball?: string
  /** The checksum to expect of Alpine's file, instead of the pinned one. */
  sha256?: string
  /** Where to look for a static busybox, instead of the usual places. */
  busyboxes?: string[]
  /** Ends the work early. */
  signal?: AbortSignal
}

/** What the makers get to know. */
export interface Work extends EnsureOptions {
  directory: string
  /** An empty directory that is removed at the end. */
  scratch: string
  /** What the person should know at the end. */
  notes: string[]
}
