// The learner's own program, my-container/, and the references that it is compared with.
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { at, root } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

export const folder = at('my-container')
export const main = join(folder, 'main.ts')
export const backups = join(folder, '.backups')

/** The text of each source file by its name. */
export type Files = Record<string, string>

/** Whether a file of this name is source. Editors keep files of their own beside it: `.#main.ts`, `#main.ts#`. */
export const isSource = (name: string) => /^[^.#].*\.ts$/.test(name)

/** The source files in a directory: those of a step, or the learner's. */
export function filesIn(directory: string): Files {
  const names = existsSync(directory) ? readdirSync(directory).filter(isSource) : []
  const files: Files = {}
  for (const name of names.sort()) {
    const text = textOf(join(directory, name))
    if (text !== undefined) files[name] = text
  }
  return files
}

/** Nothing for what is no file, leads nowhere, or has been removed since its name was read. */
function textOf(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** The finished program of a step. */
export const reference = (step: string): Files => filesIn(at('steps', step))

/** What `begin` gives you: a program that only says what it was asked for. */
export const starter = (): Files => ({
  'main.ts': readFileSync(at('tools', 'companion', 'starter.ts'), 'utf8'),
})

export const mine = (): Files => filesIn(folder)

export const hasBegun = () => existsSync(main)

export function needsBegin(): void {
  if (hasBegun()) return
  throw new Problem(`There is no ${relative(root, main)} yet. Make one with: npm run begin`, 2)
}

/** Puts these source files into my-container/ in place of those that are there; those are kept as a backup first. */
export function replace(files: Files, why: string): { backup?: string; changed: boolean } {
  const old = mine()
  if (same(old, files)) return { changed: false }
  const backup = Object.keys(old).length > 0 ? keep(why) : undefined
  for (const name of Object.keys(old).filter((name) => !(name in files))) rmSync(join(folder, name))
  for (const [name, text] of Object.entries(files)) write(join(folder, name), text)
  return { backup, changed: true }
}

export const same = (a: Files, b: Files) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, text]) => b[name] === text)

/** A copy of the source files under a name that sorts by time. */
function keep(why: string): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')
  const taken = (name: string) => existsSync(join(backups, name))
  const names = [
    `${time}-${why}`,
    ...Array.from({ length: 99 }, (_, i) => `${time}-${why}-${i + 2}`),
  ]
  const name = names.find((name) => !taken(name)) as string
  makeFolder(join(backups, name))
  for (const file of Object.keys(mine())) {
    cpSync(join(folder, file), join(backups, name, file), { preserveTimestamps: true })
    own(join(backups, name, file))
  }
  return name
}

/** Names of backups, the newest first. */
export const backupNames = () => (existsSync(backups) ? readdirSync(backups).sort().reverse() : [])

/** Writes a file at once: whoever looks in between, or ends this with Ctrl-C, meets the old one or the new. */
export function write(file: string, text: string): void {
  makeFolder(dirname(file))
  const temporary = `${file}.${process.pid}.new`
  writeFileSync(temporary, text)
  own(temporary)
  renameSync(temporary, file)
}

function makeFolder(directory: string): void {
  if (existsSync(directory)) return
  makeFolder(dirname(directory))
  mkdirSync(directory)
  own(directory)
}

// Under `sudo npm run …`, what is made in a checkout of somebody else is theirs all the same.
function own(path: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(root)
  const { uid: now } = lstatSync(path)
  if (now !== uid) chownSync(path, uid, gid)
}
