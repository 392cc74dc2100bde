import path from 'node:path'
import type { Context } from './context'
import { stat } from './files'
import { Problem } from './problem'
import { unpack } from './unpack'

/** The name of a tarball's root file system: the file's, without what says that it is an archive. */
export function tarballName(file: string): string {
  return path.basename(file).replace(/\.(tar|tar\.\w+|tgz|tzst)$/i, '')
}

/** Unpacks what `docker export` writes. Throws a {@link Problem} as `unpack` does, or when the archive is an image. */
export async function makeTarball(root: string, context: Context): Promise<void> {
  const file = context.tarball
  if (!file) throw new Problem('Which archive? The kind tarball needs the path of one.')
  const { skipped } = await unpack(file, root, context.signal)
  const has = (name: string) => stat(path.join(root, name)) !== undefined
  if (!has('bin') && !has('usr') && (has('manifest.json') || has('oci-layout'))) {
    throw new Problem(
      `${file} is an image, as docker save writes it. Use docker export CONTAINER > FILE.tar instead.`,
    )
  }
  if (process.geteuid?.() !== 0)
    context.say('All of its files belong to you: to give them to the users they name takes root.')
  if (skipped)
    context.say(`Left out ${skipped} device files and FIFOs: a container gets its own /dev.`)
}
