import fs from 'node:fs'
import path from 'node:path'

/** Makes a directory with exactly this mode, whatever the umask. Throws as `fs.mkdirSync` does. */
export function makeDirectory(file: string, mode = 0o755): void {
  fs.mkdirSync(file, { recursive: true })
  fs.chmodSync(file, mode)
}

/** Writes a file with exactly this mode, whatever the umask. Throws as `fs.writeFileSync` does. */
export function writeFile(file: string, content: string | Buffer, mode = 0o644): void {
  fs.writeFileSync(file, content)
  fs.chmodSync(file, mode)
}

/** Makes what is there belong to whom its directory belongs: root may do this in a checkout of somebody else. */
export function leaveToOwner(file: string): void {
  if (process.geteuid?.() !== 0 || !stat(file)) return
  const { uid, gid } = fs.statSync(path.dirname(file))
  fs.lchownSync(file, uid, gid)
}

/** `lstat`, or undefined where nothing is. */
export function stat(file: string): fs.Stats | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false })
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
