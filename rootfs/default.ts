// The root file system that the steps use: the one that ROOTFS names, or rootfs/busybox.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { die } from '#shared/cli'

/** Its absolute path, without symbolic links. If it isn't there, the program ends and says so. */
export const rootfs = find()

// A step imports this before it can say how it dies.
function find(): string {
  try {
    return realpathSync.native(process.env.ROOTFS || join(import.meta.dirname, 'busybox'))
  } catch (error) {
    return die(error)
  }
}
