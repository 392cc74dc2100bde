// The learner's program, my-container/, and the references it is compared with.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { at, root } from '../setup/project.mjs'
import { isRoot } from '../setup/root.mjs'
import { steps } from '../setup/steps.mjs'
import { Problem } from '../setup/terminal.mjs'

export const folder = at('my-container')
export const main = join(folder, 'main.ts')
export const backups = join(folder, '.backups')

/** The text of each source file, by its name. */
export type Files = Record<string, string>

/** Whether a file is source. Editors keep other files beside it: `.#main.ts`, `#main.ts#`. */
const isSource = (name: string) => /^[^.#].*\.ts$/.test(name)

/** The source files in a directory: a step's, or the learner's. */
export function filesIn(directory: string): Files {
  const names = existsSync(directory) ? readdirSync(directory).filter(isSource) : []
  const files: Files = {}
  for (const name of names.sort()) {
    const text = textOf(join(directory, name))
    if (text !== undefined) files[name] = text
  }
  return files
}

/** Nothing if it isn't a file, leads nowhere, or has been removed since its name was read. */
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
  throw new Problem(`There is no ${relative(root, main)} yet. To make one: npm run begin`, 2)
}

/** Replaces the source files in my-container/, after a backup of the old ones. */
export function replace(files: Files, why: string): { backup?: string; changed: boolean } {
  const old = mine()
  if (isDeepStrictEqual(old, files)) return { changed: false }
  const backup = Object.keys(old).length > 0 ? keep(why) : undefined
  for (const name of Object.keys(old).filter((name) => !(name in files))) rmSync(join(folder, name))
  for (const [name, text] of Object.entries(files)) write(join(folder, name), text)
  return { backup, changed: true }
}

/** Copies the source files to a folder whose name sorts by time. */
function keep(why: string): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')
  let name = `${time}-${why}`
  for (let number = 2; existsSync(join(backups, name)); number++) name = `${time}-${why}-${number}`
  for (const file of Object.keys(mine()))
    cpSync(join(folder, file), join(backups, name, file), { preserveTimestamps: true })
  leaveToOwner()
  return name
}

/** The backups' names, newest first. */
export const backupNames = () => (existsSync(backups) ? readdirSync(backups).sort().reverse() : [])

/** Replaces a file in one move: even a Ctrl-C leaves the old one or the new one. */
export function write(file: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  const temporary = `${file}.${process.pid}.new`
  writeFileSync(temporary, text)
  renameSync(temporary, file)
  leaveToOwner()
}

// Under `sudo npm run …`, what is made belongs to the owner of the checkout, who edits it.
function leaveToOwner(): void {
  const { uid, gid } = statSync(root)
  if (isRoot() && uid !== 0) execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, folder])
}

/** Where the learner is: kept beside the program, and written after each judgement. */
type Progress = {
  /** The step being written. */
  step: string
  /** How often each claim has failed in a row. */
  tries: Record<string, number>
  /** The steps that held, each with the key of what was judged. */
  passed: Record<string, string>
}

const progressFile = join(folder, '.progress.json')

export function load(): Progress {
  const fresh: Progress = { step: steps()[0], tries: {}, passed: {} }
  try {
    const known = JSON.parse(readFileSync(progressFile, 'utf8'))
    return { ...fresh, ...known, step: steps().includes(known.step) ? known.step : fresh.step }
  } catch {
    return fresh // missing or damaged: nothing in it is worth stopping for
  }
}

export function save(progress: Progress): void {
  write(progressFile, `${JSON.stringify(progress, null, 2)}\n`)
}

/** Makes a step the one being written. */
export function moveTo(step: string): void {
  save({ ...load(), step })
}
