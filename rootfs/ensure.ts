import fs from 'node:fs'
import path from 'node:path'
import { shown } from '../tools/setup/programs.mjs'
import { Problem } from '../tools/setup/terminal.mjs'
import { makeAlpine } from './alpine'
import { makeBusybox } from './busybox'
import { makeDebian } from './debian'
import { explain, mountsBelow, stat } from './files'
import { normalize } from './normalize'
import { takeRights } from './rights'
import { flaws } from './shell'
import { makeTarball, tarballName } from './tarball'
import type { EnsureOptions, Work } from './work'
import { makeTemporary, removeLeftovers, removeTemporary } from './temporary'

const MAKERS = {
  busybox: makeBusybox,
  alpine: makeAlpine,
  debian: makeDebian,
  tarball: makeTarball,
}

export type Kind = keyof typeof MAKERS
export const KINDS = Object.keys(MAKERS) as Kind[]

export interface Ensured {
  path: string
  /** False if it was there already. */
  made: boolean
  notes: string[]
}

/**
 * Makes sure that the root file system of this kind is there, and says where. It is made beside its
 * place and renamed into it, so what is there is whole. Several processes may do this at once: one
 * wins, the others find it there.
 *
 * Throws a Problem, or the reason of `options.signal`; nothing half-made stays.
 */
export async function ensureRootfs(kind: Kind, options: EnsureOptions = {}): Promise<Ensured> {
  const directory = options.directory ?? path.resolve(process.env.ROOTFS_DIR || __dirname)
  const name = options.name ?? (kind === 'tarball' ? tarballName(options.tarball ?? '') : kind)
  const target = path.join(directory, checkName(name))
  // Files in a container must be readable there for other users than this one too.
  process.umask(0o022)
  const notes: string[] = []
  try {
    if (!stat(directory)) fs.mkdirSync(directory, { recursive: true })
    const left = removeLeftovers(directory)
    const isMade = isThere(target, options.force)
    const made = !isMade && (await make(kind, target, { ...options, directory, notes }, left))
    return { path: target, made, notes: [...notes, ...aboutLeftovers(left)] }
  } catch (error) {
    options.signal?.throwIfAborted()
    throw explain(`Cannot make the root file system ${target}`, error)
  }
}

function aboutLeftovers(left: string[]): string[] {
  if (left.length === 0) return []
  const unmount = left.flatMap(mountsBelow).map((point) => ['umount', point])
  const commands = [...unmount.reverse(), ['rm', '-rf', ...left]]
  const typed = commands.map((command) => shown(['sudo', ...command])).join('; ')
  return [`Something in an earlier one belongs to root and is still there. To remove it: ${typed}`]
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

type Making = Omit<Work, 'scratch'>

// Adds to `left` what it can't remove.
async function make(kind: Kind, target: string, options: Making, left: string[]): Promise<boolean> {
  const temporary = makeTemporary(options.directory, path.basename(target))
  try {
    const root = path.join(temporary, 'root')
    const scratch = path.join(temporary, 'scratch')
    for (const directory of [root, scratch]) fs.mkdirSync(directory)
    await MAKERS[kind](root, { ...options, scratch })
    options.notes.push(...takeRights(root, options.directory))
    normalize(root)
    options.notes.push(...flaws(root))
    options.signal?.throwIfAborted()
    return place(root, target, path.join(temporary, 'old'), options.force)
  } finally {
    if (!removeTemporary(temporary)) left.push(temporary)
  }
}

// Renames the new one into place; false if another run has done it in the meantime.
function place(root: string, target: string, old: string, force = false): boolean {
  if (force) moveAway(target, old)
  try {
    fs.renameSync(root, target)
    return true
  } catch (error) {
    if (isError(error, 'ENOTEMPTY', 'EEXIST')) return false
    throw error
  }
}

function moveAway(target: string, old: string): void {
  try {
    fs.renameSync(target, old)
  } catch (error) {
    if (!isError(error, 'ENOENT')) throw error // another run has just moved it
  }
}

const isError = (error: unknown, ...codes: string[]) =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '')
