// The root file system that the steps use: what ROOTFS names, else rootfs/busybox.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'

/** Its absolute path, without symbolic links. Throws Node's ENOENT of realpath if it isn't there. */
export const rootfs = realpathSync.native(
  process.env.ROOTFS ?? join(import.meta.dirname, 'busybox'),
)
