// Whether the programs of a root file system can run here.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readElf } from './elf'
import { stat } from './files'

const LINKS = 40

/** The file that `name` is for a process with this root, or undefined if there is none. */
function resolveIn(root: string, name: string): string | undefined {
  const parts = name.split('/')
  let links = 0
  let at = '/'
  while (parts.length) {
    const next = path.join(at, parts.shift() ?? '') // `..` of the root is the root
    const found = stat(path.join(root, next))
    if (!found) return undefined
    if (!found.isSymbolicLink()) {
      at = next
      continue
    }
    if (++links > LINKS) return undefined
    const target = fs.readlinkSync(path.join(root, next))
    if (path.isAbsolute(target)) at = '/'
    parts.unshift(...target.split('/'))
  }
  return path.join(root, at)
}

/** Its /bin/sh, if that is a program. */
export function shell(root: string): string | undefined {
  const file = resolveIn(root, '/bin/sh')
  const found = file ? stat(file) : undefined
  return found?.isFile() && found.mode & 0o111 ? file : undefined
}

// What the processors of these machines can run too.
const ALSO: Record<string, string> = { x86_64: 'i386', aarch64: 'arm' }

/** Why a shell can't start in it on this machine. */
export function flaws(root: string): string[] {
  const file = shell(root)
  if (!file)
    return ["There's no /bin/sh in it. If it is a root file system, name a command that it has."]
  return [machineFlaw(file), loaderFlaw(root, file), placeFlaw(file)].filter(
    (flaw) => flaw !== undefined,
  )
}

function machineFlaw(file: string): string | undefined {
  const elf = readElf(file)
  const machine = os.machine()
  if (!elf || elf.isNative || ALSO[machine] === elf.machine) return undefined
  if (fs.existsSync(`/proc/sys/fs/binfmt_misc/qemu-${elf.machine}`)) return undefined
  return (
    `Its programs are for ${elf.machine}, and this machine is ${machine}: they can't run here. ` +
    `Get the same for ${machine}.`
  )
}

function loaderFlaw(root: string, file: string): string | undefined {
  const loader = readElf(file)?.loader
  if (!loader || resolveIn(root, loader)) return undefined
  return `Its /bin/sh can't start: it needs ${loader}, which isn't in it.`
}

// access(2) says no to any program where they can't be executed.
function placeFlaw(file: string): string | undefined {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return undefined
  } catch {
    return (
      "Its programs can't run where it is: see noexec in findmnt -T. " +
      'Choose another place with ROOTFS_DIR=/some/directory.'
    )
  }
}
