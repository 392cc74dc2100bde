// Whether a file is there.
import { statSync } from 'node:fs'

/**
 * Not existsSync(), which takes every failure for a missing file.
 *
 * @throws Node's errors of stat(2), but for ENOENT and ENOTDIR
 */
export const exists = (file: string) => statSync(file, { throwIfNoEntry: false }) !== undefined
