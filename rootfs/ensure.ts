import fs from 'node:fs'
import path from 'node:path'
import { makeAlpine } from './alpine'
import { makeBusybox } from './busybox'
import type { Context } from './context'
import { makeDebian } from './debian'
import { makeDirectory, mountsBelow, stat } from './files'
import { normalize } from './normalize'
import { explain, Problem } from './problem'
import { makeTarball, tarballName } from './tarball'
import { makeTemporary, removeLeftovers, removeTemporary } from './temporary'

const MAKERS = {
  busybox: makeBusybox,
  alpine: makeAlpine,
  debian: makeDebian,
  tarball: makeTarball,
}

export type Kind = keyof typeof MAKERS
export const KINDS = Object.keys(MAKERS) as Kind[]

export interface EnsureOptions extends Partial<Omit<Context, 'scratch'>> {
  /** Make it again even if it is there. */
  force?: boolean
  /** The directory's name, instead of the kind's or the tarball's. */
  name?: string
}

export interface Ensured {
  path: string
  /** False when it was there already. */
  made: boolean
}

/** Where root file systems are made: `ROOTFS_DIR`, or the directory of this file. */
function rootfsDirectory(): string {
  return path.resolve(process.env.ROOTFS_DIR || __dirname)
}

/**
 * Makes sure that the root file system of this kind is there, and says where. It is made beside its place and renamed
 * into it, so what is there is whole. Several processes may do this at once: one wins, the others find it there.
 *
 * Throws a {@link Problem}, whose message is for a person, or the reason of `options.signal`; nothing half-made is left.
 */
export async function ensureRootfs(kind: Kind, options: EnsureOptions = {}): Promise<Ensured> {
  const directory = options.directory ?? rootfsDirectory()
  const target = path.join(
    directory,
    checkName(options.name ?? (kind === 'tarball' ? tarballName(options.tarball ?? '') : kind)),
  )
  const attempt = `Cannot make the root file system ${target}`
  try {
    if (!stat(directory)) fs.mkdirSync(directory, { recursive: true })
    removeLeftovers(directory)
    if (isThere(target, options.force)) return { path: target, made: false }
    return {
      path: target,
      made: await make(kind, target, { say: () => {}, ...options, directory }),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    throw explain(attempt, error)
  }
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9_][\w.+-]*$/.test(name)) return name
  throw new Problem(`'${name}' cannot be the name of a root file system. Give another: --name NAME`)
}

function isThere(target: string, force = false): boolean {
  const found = stat(target)
  if (!found) return false
  if (!found.isDirectory())
    throw new Problem(`${target} is there and is not a directory. Give another name: --name NAME`)
  if (!force) return true
  const [mount] = mountsBelow(target)
  if (!mount) return false
  throw new Problem(
    `${target} is in use: ${mount} is mounted. End what uses it, or unmount it, and try again.`,
  )
}

async function make(
  kind: Kind,
  target: string,
  options: EnsureOptions & Pick<Context, 'directory' | 'say'>,
): Promise<boolean> {
  const temporary = makeTemporary(options.directory, path.basename(target))
  try {
    const root = path.join(temporary, 'root')
    const scratch = path.join(temporary, 'scratch')
    for (const directory of [root, scratch]) makeDirectory(directory)
    await MAKERS[kind](root, { ...options, scratch })
    normalize(root)
    options.signal?.throwIfAborted()
    return place(root, target, path.join(temporary, 'old'), options.force)
  } finally {
    removeTemporary(temporary)
  }
}

// Renames the new one into place; false when another run has done it in the meantime.
function place(root: string, target: string, old: string, force = false): boolean {
  for (let attempt = 0; ; attempt++) {
    try {
      fs.renameSync(root, target)
      return true
    } catch (error) {
      const taken = ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!taken || attempt === 10) throw error
      if (!force) return false
      moveAway(target, `${old}${attempt}`)
    }
  }
}

function moveAway(target: string, old: string): void {
  try {
    fs.renameSync(target, old)
  } catch (error) {
    // Another run has just moved it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
