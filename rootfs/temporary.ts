// Temporary directories name their owner, so that a later run can remove what a killed one left.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { mountsBelow, stat } from './files'

// The owner is a pid and the time it started at, since pids are used again.
const OWNED = /^\..*-(\d+)-(\d+)-\w{6}$/

/** Makes `.<name>-<owner>-XXXXXX` in `directory`, for this user only, and returns its path. */
export function makeTemporary(directory: string, name: string): string {
  const prefix = `.${name}-${process.pid}-${startOf(process.pid)}-`
  return fs.mkdtempSync(path.join(directory, prefix))
}

/** Removes what ended runs left in `directory`. Returns what this user can't remove. */
export function removeLeftovers(directory: string): string[] {
  return fs
    .readdirSync(directory)
    .filter(isAbandoned)
    .map((name) => path.join(directory, name))
    .filter((left) => !removeTemporary(left))
}

/** Removes a directory, unless something is mounted in it. Returns whether it is gone. */
export function removeTemporary(directory: string): boolean {
  if (!stat(directory)) return true
  if (mountsBelow(directory).length) return false
  try {
    fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  } catch {
    // These two go on after a failure, cope with long paths, and empty a read-only directory.
    spawnSync('chmod', ['-R', 'u+rwX', directory], { stdio: 'ignore' })
    spawnSync('rm', ['-rf', directory], { stdio: 'ignore' })
  }
  return !stat(directory)
}

function isAbandoned(name: string): boolean {
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
