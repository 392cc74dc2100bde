// `begin`, a program to start from, and `jump`, a step's reference in its place.
import { join, relative } from 'node:path'
import { root } from '../setup/project.mjs'
import { findStep, steps } from '../setup/steps.mjs'
import { Problem, say } from '../setup/terminal.mjs'
import {
  backupNames,
  backups,
  type Files,
  filesIn,
  folder,
  hasBegun,
  load,
  main,
  mine,
  moveTo,
  needsBegin,
  reference,
  replace,
  starter,
  write,
} from './learner'

export function begin(): void {
  const program = relative(root, main)
  if (hasBegun()) {
    const { step } = load()
    say(`${program} already exists and is kept. You are at ${step}; continue with: npm run watch`)
    return
  }
  makeProgram(starter())
  moveTo(steps()[0])
  say(`${program} is yours. Open it in your editor, and in a second terminal: npm run watch`)
}

function makeProgram(files: Files): void {
  replace(files, 'before-begin')
  write(join(folder, 'tsconfig.json'), settings)
}

// For editors, and for `npx tsc --noEmit --project my-container`.
const project = { extends: '../tsconfig.json', include: ['*.ts'] }
const settings = `${JSON.stringify(project, null, 2)}\n`

type Options = { list?: boolean; restore?: string | boolean; only?: string }

export function jump(wanted: string | undefined, options: Options): void {
  if (options.list) list()
  else if (options.restore) restore(options.restore === true ? undefined : options.restore)
  else toStep(wanted, options.only)
}

function toStep(wanted: string | undefined, only: string | undefined): void {
  if (wanted === undefined) throw new Problem('Which step? For instance: npm run jump -- 4', 2)
  const step = findStep(wanted)
  say(only === undefined ? putReference(step) : putFile(step, only))
  if (only !== undefined) return
  moveTo(step)
  const next = steps()[steps().indexOf(step) + 1]
  if (next) say(`Next is ${next}: npm run diff -- ${Number.parseInt(next, 10)} shows what it adds.`)
}

/** Returns a sentence about what was done. */
function putReference(step: string): string {
  if (!hasBegun()) makeProgram(reference(step))
  return outcome(replace(reference(step), `before-jump-to-${step}`), `the reference of ${step}`)
}

/** The same of one file: the rest stays yours, and you stay at your step. */
function putFile(step: string, name: string): string {
  needsBegin()
  const files = reference(step)
  if (!(name in files))
    throw new Problem(`${step} has no ${name}; it has ${Object.keys(files).join(', ')}.`, 2)
  const all = { ...mine(), [name]: files[name] as string }
  return outcome(replace(all, `before-${name}`), `the ${name} of ${step}`)
}

/** Back to what the previous step ends with; before the first step that's the starter. */
export function reset(step: string): string {
  const before = steps()[steps().indexOf(step) - 1]
  const name = before ? `the reference of ${before}` : 'the starter'
  return outcome(replace(before ? reference(before) : starter(), `before-reset-of-${step}`), name)
}

const none = 'There is no backup: nothing has been replaced yet.'

function restore(name = backupNames()[0]): void {
  if (name === undefined) throw new Problem(none, 2)
  if (!backupNames().includes(name))
    throw new Problem(`There is no backup "${name}". To list them: npm run jump -- --list`, 2)
  say(outcome(replace(filesIn(join(backups, name)), 'before-restore'), `the backup ${name}`))
  say(`You are at ${load().step}.`)
}

function list(): void {
  const names = backupNames()
  if (names.length === 0) say(none)
  for (const name of names) console.log(name)
}

function outcome({ backup, changed }: { backup?: string; changed: boolean }, what: string): string {
  if (!changed) return `my-container/ already has ${what}.`
  const kept = backup ? ` To get yours back: npm run jump -- --restore ${backup}` : ''
  return `my-container/ now has ${what}.${kept}`
}
