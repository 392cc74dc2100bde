// The root file system that the steps use: the one that ROOTFS names, or rootfs/busybox.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Its absolute path, without symbolic links. If it isn't there, importing this throws Node's
 * ENOENT of realpath.
 */
export const rootfs = realpathSync.native(
  process.env.ROOTFS ?? join(import.meta.dirname, 'busybox'),
)
