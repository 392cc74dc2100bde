// `jump`: the reference of a step in place of the learner's program, which is kept.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findStep, steps } from '../setup/steps.mjs'
import { Problem, say } from '../setup/terminal.mjs'
import { makeProgram } from './begin'
import { backupNames, backups, filesIn, hasBegun, reference, replace, starter } from './learner'
import { load, moveTo } from './progress'

type Options = { list?: boolean; restore?: string | boolean }

export function jump(wanted: string | undefined, options: Options): void {
  if (options.list) list()
  else if (options.restore) restore(options.restore === true ? undefined : options.restore)
  else toStep(wanted)
}

function toStep(wanted: string | undefined): void {
  if (wanted === undefined) throw new Problem('Which step? For instance: npm run jump -- 4', 2)
  const step = findStep(wanted)
  say(putReference(step))
  moveTo(step)
  const next = steps()[steps().indexOf(step) + 1]
  if (next) say(`Next is ${next}: npm run diff -- ${Number.parseInt(next, 10)} shows what it adds.`)
}

/** Gives a sentence about what was done. */
function putReference(step: string): string {
  if (!hasBegun()) makeProgram(reference(step))
  return outcome(replace(reference(step), `before-jump-to-${step}`), `the reference of ${step}`)
}

/** Back to what the step before ends with; before the first one there is the starter. */
export function reset(step: string): string {
  const before = steps()[steps().indexOf(step) - 1]
  const name = before ? `the reference of ${before}` : 'the starter'
  return outcome(replace(before ? reference(before) : starter(), `before-reset-of-${step}`), name)
}

function restore(name = backupNames()[0]): void {
  if (name === undefined) throw new Problem('There is no backup: nothing has been replaced yet.', 2)
  if (!existsSync(join(backups, name)) || !backupNames().includes(name))
    throw new Problem(`There is no backup "${name}". npm run jump -- --list names them.`, 2)
  say(outcome(replace(filesIn(join(backups, name)), 'before-restore'), `the backup ${name}`))
  say(`You are at ${load().step}.`)
}

function list(): void {
  const names = backupNames()
  if (names.length === 0) say('There is no backup: nothing has been replaced yet.')
  for (const name of names) console.log(name)
}

function outcome({ backup, changed }: { backup?: string; changed: boolean }, what: string): string {
  if (!changed) return `my-container/ is ${what}.`
  const kept = backup ? ` What was there is kept: npm run jump -- --restore ${backup}` : ''
  return `my-container/ is ${what} now.${kept}`
}
