// A reporter for vitest: ends the output with a table of the steps, of what was proven on each, and
// with the counts as one plain line.
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'
import { goal } from '../../tools/setup/steps.mjs'
import { roomOf } from './rooms'

const header = ['', 'adds', 'holds on it', 'fails before', 'holds later', '']

export class TableReporter implements Reporter {
  readonly #leftOut: string

  /** `leftOut`: what this run leaves out, and the command that brings it. */
  constructor(leftOut: string) {
    this.#leftOut = leftOut
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const isStep = (module: TestModule) => /^\d+-/.test(roomOf(module.moduleId))
    const steps = modules.filter((module) => isStep(module) && ran(module).length > 0)
    if (steps.length > 0) console.log(table([header, ...steps.map(rowOf).sort()]))
    const others = othersOf(modules.filter((module) => !isStep(module)))
    if (others !== '') console.log(`\nand the tests of ${others}`)
    if (this.#leftOut !== '') console.log(`\nleft out: ${this.#leftOut}`)
    process.once('exit', () => console.log(`\n${counts(modules, errors.length)}`))
  }
}

/**
 * What never became a test (a file that can't be loaded, an error outside tests) counts as failed.
 */
function counts(modules: readonly TestModule[], errors: number): string {
  const count = { passed: 0, failed: errors, skipped: 0, pending: 0 }
  for (const module of modules) {
    count.failed += module.errors().length
    for (const suite of module.children.allSuites()) count.failed += suite.errors().length
    for (const test of module.children.allTests()) count[test.result().state]++
  }
  const skipped = count.skipped ? `, ${count.skipped} skipped` : ''
  return `${count.passed} passed, ${count.failed + count.pending} failed${skipped}`
}

const ran = (tests: TestSuite | TestModule) =>
  [...tests.children.allTests()].filter((test) => test.result().state !== 'skipped')

const isPassed = (test: TestCase) => test.result().state === 'passed'

/** How many passed; a file that can't be loaded is one that didn't. */
function share(tests: TestCase[], broken = 0): string {
  const all = tests.length + broken
  return all === 0 ? '–' : `${tests.filter(isPassed).length}/${all}`
}

/** What the test of a step proved. */
function rowOf(module: TestModule): string[] {
  const step = roomOf(module.moduleId)
  const suites = [...module.children.suites()]
  const shares = ['own', 'before', 'later'].map((part) =>
    share(suites.filter((suite) => partOf(suite, step) === part).flatMap(ran)),
  )
  return [step, goal(step), ...shares, ran(module).every(isPassed) ? 'ok' : 'NOT OK']
}

/** The names are those that prove() gives. */
function partOf({ name }: TestSuite, step: string): 'own' | 'before' | 'later' {
  if (name.includes(' not yet on ')) return 'before'
  return name.includes(' on steps/') && !name.includes(` on steps/${step}/`) ? 'later' : 'own'
}

function othersOf(modules: TestModule[]): string {
  const rooms = new Set(modules.map(({ moduleId }) => roomOf(moduleId)))
  return [...rooms]
    .map((room) => {
      const its = modules.filter(({ moduleId }) => roomOf(moduleId) === room)
      const broken = its.filter((module) => module.errors().length > 0).length
      return [room, share(its.flatMap(ran), broken)]
    })
    .filter(([, passed]) => passed !== '–')
    .map((words) => words.join(' '))
    .join(', ')
}

function table(rows: string[][]): string {
  const widths = header.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)))
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')
  return `\n${rows.map((row) => line(row).trimEnd()).join('\n')}`
}
