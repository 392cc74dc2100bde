import fs from 'node:fs'
import path from 'node:path'
import { Problem } from '../tools/setup/terminal.mjs'
import { beginning, isRoot, printable, quoted, stat } from './files'
import { compressionOf, HEAD, isTar, strangeness } from './formats'
import { shell } from './shell'
import { unpack } from './unpack'
import type { Work } from './work'

/** A tarball's root file system is named after the file, without its endings. */
export function tarballName(file: string): string {
  return path.basename(file).replace(/\.(tar|tar\.\w+|t[gbxzl]z2?|tzst|tbz?|wsl)$/i, '')
}

/**
 * Unpacks an archive of a root file system, as `docker export` writes it. Its root may be in a
 * directory of the archive. Throws a Problem as `unpack` does, or if it's something else.
 */
export async function makeTarball(root: string, work: Work): Promise<void> {
  const file = work.tarball
  if (!file) throw new Problem('Which archive? The kind tarball needs the path of one.')
  await unpack(file, root, work)
  refuseOther(file, root)
  if (looksLikeRoot(root)) return
  const found = rootsBelow(root)
  if (found.length > 1) throw new Problem(severalRoots(file, found))
  if (found.length === 0) return
  work.notes.push(`Its root is ${printable(found[0])} in the archive.`)
  moveUp(path.join(root, found[0]), root, work.scratch)
}

const looksLikeRoot = (directory: string) =>
  shell(directory) || ['bin', 'etc', 'usr', 'sbin'].some((name) => stat(path.join(directory, name)))

/** Throws a Problem if an archive of another kind than a root file system was unpacked. */
function refuseOther(file: string, root: string): void {
  const places = [root, ...directoriesIn(root, '').map((name) => path.join(root, name))]
  const has = (...names: string[]) =>
    places.some((place) => names.every((name) => stat(path.join(place, name))))
  if (!looksLikeRoot(root) && (has('oci-layout') || has('manifest.json') || has('repositories')))
    throw new Problem(
      `${file} is an image, as docker save writes it, and not the files of a container. ` +
        'Make those: docker load -i FILE; docker create --name CONTAINER IMAGE; ' +
        'docker export -o NAME.tar CONTAINER (podman has the same commands; for an OCI layout: ' +
        'podman pull oci-archive:FILE, or oci:DIR)',
    )
  const [only, ...more] = fs.readdirSync(root, { withFileTypes: true })
  if (only?.isFile() && !more.length) refuseSingle(file, root, only.name)
}

// Images of disks come in an archive, and archives in one more.
function refuseSingle(file: string, root: string, name: string): void {
  const head = beginning(path.join(root, name), HEAD)
  const inner = quoted(name)
  if (isTar(head) || compressionOf(head))
    throw new Problem(
      `${file} holds another archive, ${inner}. Unpack it, and use that one: tar -xf FILE`,
    )
  const reason = strangeness(head)
  if (reason && !head.toString('latin1').startsWith('\x7fELF'))
    throw new Problem(`${file} holds a single file, ${inner}, which ${reason}`)
}

const DEPTH = 4

/** The root file systems in directories of `top`, as near to it as there are any. */
function rootsBelow(top: string): string[] {
  let names = ['']
  for (let depth = 0; depth < DEPTH; depth++) {
    names = names.flatMap((name) => directoriesIn(top, name))
    const found = names.filter((name) => shell(path.join(top, name)))
    if (found.length) return found
  }
  return []
}

const directoriesIn = (top: string, name: string) =>
  fs
    .readdirSync(path.join(top, name), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(name, entry.name))

function severalRoots(file: string, found: string[]): string {
  const names = found.map(quoted).join(', ')
  return (
    `${file} has several root file systems: ${names}. Make an archive of one: ` +
    'tar -xf FILE -C DIR; sudo tar -C DIR/NAME -cf NAME.tar .'
  )
}

// What is around the new root, such as a list of packages, is removed with `scratch`.
function moveUp(found: string, root: string, scratch: string): void {
  const around = path.join(scratch, 'around')
  const own = path.join(scratch, 'own')
  // Only those who may write to a directory can give it another parent.
  if (!isRoot()) fs.chmodSync(found, fs.statSync(found).mode | 0o700)
  fs.renameSync(found, own)
  fs.renameSync(root, around)
  fs.renameSync(own, root)
}
