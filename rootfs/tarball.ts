import path from 'node:path'
import { Problem } from '../tools/setup/terminal.mjs'
import { stat } from './files'
import { unpack } from './unpack'
import type { Work } from './work'

/** A tarball's root file system is named after the file, without its endings. */
export function tarballName(file: string): string {
  return path.basename(file).replace(/\.(tar|tar\.\w+|tgz|tbz2?|txz|tzst)$/i, '')
}

/** Unpacks what `docker export` writes. Throws a Problem as `unpack` does, or for an image. */
export async function makeTarball(root: string, work: Work): Promise<void> {
  const file = work.tarball
  if (!file) throw new Problem('Which archive? The kind tarball needs the path of one.')
  await unpack(file, root, work)
  const has = (name: string) => stat(path.join(root, name)) !== undefined
  if (!has('bin') && !has('usr') && (has('manifest.json') || has('oci-layout'))) {
    throw new Problem(
      `${file} is an image, as docker save writes it, and not the files of a container. ` +
        'Make those with: docker create --name CONTAINER IMAGE; ' +
        'docker export -o FILE.tar CONTAINER',
    )
  }
}
