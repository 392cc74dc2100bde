// `begin`: a program to start from.
import { join, relative } from 'node:path'
import { root } from '../setup/project.mjs'
import { steps } from '../setup/steps.mjs'
import { say } from '../setup/terminal.mjs'
import { type Files, folder, hasBegun, main, replace, starter, write } from './learner'
import { load, moveTo } from './progress'

export function begin(): void {
  const program = relative(root, main)
  if (hasBegun()) {
    const { step } = load()
    say(`${program} already exists and is kept. You are at ${step}; continue with: npm run watch`)
    return
  }
  makeProgram()
  moveTo(steps()[0])
  say(`${program} is yours. Open it in your editor, and in a second terminal: npm run watch`)
}

export function makeProgram(files: Files = starter()): void {
  replace(files, 'before-begin')
  write(join(folder, 'tsconfig.json'), settings)
}

// For editors, and for `npx tsc --noEmit --project my-container`.
const project = { extends: '../tsconfig.json', include: ['*.ts'] }
const settings = `${JSON.stringify(project, null, 2)}\n`
