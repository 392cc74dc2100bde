// The numbered steps, and the command that runs one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { at } from './project.mjs'
import { Problem } from './terminal.mjs'

/** The names of their folders, in order. */
export function steps() {
  if (!existsSync(at('steps'))) return []
  return readdirSync(at('steps'))
    .filter((name) => /^\d+-/.test(name) && existsSync(at('steps', name, 'main.ts')))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
}

/** Part one is the container, part two the wall around it: each is a session of its own. */
export const partOf = (step) => (Number.parseInt(step, 10) > 10 ? 2 : 1)

/** @type {string[] | undefined} */
let rows

/** What a step adds, in a few words: README.md's table is the one place that says it. */
export function goal(step) {
  rows ??= readFileSync(at('README.md'), 'utf8').split('\n')
  const row = rows.find((line) => line.startsWith(`| [${step}](`))
  return row?.split('|')[2]?.trim() ?? ''
}

/** The step that `3`, `03`, `pid` or `03-pid` means. */
export function findStep(wanted) {
  const found = steps().find((name) => {
    const [, number, word] = /^(\d+)-(.*)$/.exec(name) ?? []
    return (
      wanted === name ||
      wanted === word ||
      (/^\d+$/.test(wanted) && Number(wanted) === Number(number))
    )
  })
  if (!found) throw new Problem(`There's no step "${wanted}"; there are ${steps().join(', ')}.`, 2)
  return found
}

/** The path, in the checkout, of a step's program or of the one you name by its path. */
export function findMain(wanted) {
  if (!wanted.endsWith('.ts')) return `steps/${findStep(wanted)}/main.ts`
  if (!existsSync(at(wanted))) throw new Problem(`There's no program ${at(wanted)}.`, 2)
  return wanted
}

/** Whether a program needs root. One that makes a user namespace is root in there. */
export const needsRoot = (main) => !readFileSync(at(main), 'utf8').includes('CLONE_NEWUSER')

export const runMain = (main, args) => [
  process.execPath,
  '--require',
  'tsx/cjs',
  main,
  'run',
  ...args,
]

export const runStep = (name, args) => runMain(`steps/${name}/main.ts`, args)

/** The same, but started sooner: it loads what the set-up compiled, as long as that's current. */
export const runCompiled = (name, args) => [
  process.execPath,
  '--require',
  './steps/shared/loader.cjs',
  `steps/${name}/main.ts`,
  'run',
  ...args,
]
