// Questions about files, and what the system says about them in words.
import fs from 'node:fs'
import path from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { Problem } from '../tools/setup/terminal.mjs'

/** `lstat`, or undefined if there is nothing. */
export function stat(file: string): fs.Stats | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false })
}

/** The first bytes of a file, at most `size`. */
export function beginning(file: string, size: number): Buffer {
  const descriptor = fs.openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(size)
    return bytes.subarray(0, fs.readSync(descriptor, bytes))
  } finally {
    fs.closeSync(descriptor)
  }
}

export const isRoot = () => process.geteuid?.() === 0

/** Gives a file to its directory's owner: root may do the work in somebody else's checkout. */
export function leaveToOwner(file: string): void {
  if (!isRoot() || !stat(file)) return
  const { uid, gid } = fs.statSync(path.dirname(file))
  fs.lchownSync(file, uid, gid)
}

/** The mount points at or below `directory`, the deepest last. */
export function mountsBelow(directory: string): string[] {
  const real = fs.realpathSync(directory)
  return fs
    .readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
    .filter((point) => point === real || point.startsWith(real + path.sep))
    .sort()
}

// The kernel writes a space in a mount point as \040.
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

/** A name out of an archive could move the cursor, or turn the rest of the line round. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\ufffd]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The same in quotation marks. */
export const quoted = (name: string) => printable(JSON.stringify(name))

const SPACE = 'Free some space, or choose another place with ROOTFS_DIR=/some/directory.'
const PERMISSION = 'Choose a place you own with ROOTFS_DIR=/some/directory, or run it as root.'
const ADVICE: Record<string, string> = {
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EROFS: 'Choose a place you can write to with ROOTFS_DIR=/some/directory.',
  EACCES: PERMISSION,
  EPERM: PERMISSION,
}

/** What the system said: `no space left on device (ENOSPC)`. fetch hides it in `cause`. */
export function systemText(error: unknown): string {
  const { code, errno, cause, message } = error as NodeJS.ErrnoException & { cause?: unknown }
  const text = getSystemErrorMap().get(errno as number)?.[1]
  if (text) return `${text} (${code})`
  return cause instanceof Error ? systemText(cause) : message || code || String(error)
}

/** Turns `error` into a sentence that begins with the attempt. A Problem stays as it is. */
export function explain(attempt: string, error: unknown): Error {
  if (error instanceof Problem) return error
  const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? '']
  return new Problem(`${attempt}: ${systemText(error)}.${advice ? ` ${advice}` : ''}`)
}
