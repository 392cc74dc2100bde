import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { mountsBelow, stat } from './files'
import { Problem } from './problem'

// Who owns a temporary name: the pid, and the time it started at, since pids come again.
const OWNED = /-(\d+)-(\d+)-\w{6}$/

/** Makes `.<kind>-<owner>-XXXXXX` in `directory` and returns its path. Throws as `fs.mkdtempSync` does. */
export function makeTemporary(directory: string, kind: string): string {
  const prefix = `.${kind}-${process.pid}-${startOf(process.pid)}-`
  return fs.mkdtempSync(path.join(directory, prefix))
}

/** An ending for a file name that says who owns the file, as {@link isAbandoned} reads it. */
export function ownedSuffix(): string {
  return `-${process.pid}-${startOf(process.pid)}-${randomBytes(3).toString('hex')}`
}

/**
 * Removes what killed runs left in `directory`; what belongs to a living process stays. What may not be removed (another
 * user's) is left too: it is in nobody's way.
 */
export function removeLeftovers(directory: string): void {
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith('.') || !isAbandoned(name)) continue
    try {
      removeTemporary(path.join(directory, name))
    } catch {
      // Another user's, or another run is removing it right now.
    }
  }
}

/**
 * Removes a temporary directory, and first unmounts what is mounted in it (debootstrap mounts /proc).
 * Throws a {@link Problem} when something stays mounted, since a removal would reach into it.
 */
export function removeTemporary(directory: string): void {
  if (!stat(directory)) return
  for (const point of mountsBelow(directory).reverse()) {
    try {
      execFileSync('umount', ['--lazy', point], { stdio: 'ignore' })
    } catch {
      throw new Problem(
        `Cannot remove ${directory}: ${point} is mounted in it. Unmount it and remove the directory.`,
      )
    }
  }
  fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
}

/** Whether `name` carries an owner and that owner is gone. */
export function isAbandoned(name: string): boolean {
  const [, pid, start] = OWNED.exec(name) ?? []
  return pid !== undefined && startOf(Number(pid)) !== start
}

// Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets. A zombie has ended.
function startOf(pid: number): string | undefined {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
    return fields?.[0] === 'Z' ? undefined : fields?.[19]
  } catch {
    return undefined
  }
}
