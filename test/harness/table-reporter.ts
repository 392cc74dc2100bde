// A reporter for vitest: ends the output with a table of the steps, of what was proven on each, and
// with the counts as one plain line.
import type { Reporter, TestModule, TestSuite } from 'vitest/node'
import { goal } from '../../tools/setup/steps.mjs'
import { roomOf } from './rooms'

/** How many tests there were, and how many passed. */
type Count = { passed: number; all: number }
type Row = { name: string; adds: string; own: Count; before: Count; later: Count }

const header = ['', 'adds', 'holds on it', 'fails before', 'holds later', '']

export class TableReporter implements Reporter {
  readonly #leftOut: string

  /** `leftOut`: what this run leaves out, and the command that brings it. */
  constructor(leftOut: string) {
    this.#leftOut = leftOut
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const steps = modules.map(rowOf).filter((row) => sizeOf(row) > 0)
    steps.sort((a, b) => a.name.localeCompare(b.name))
    if (steps.length > 0) console.log(table([header, ...steps.map(words)]))
    const others = othersOf(modules)
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

/** What the test of a step proved; nothing for any other file. */
function rowOf(module: TestModule): Row {
  const row = {
    name: roomOf(module.moduleId),
    adds: '',
    own: none(),
    before: none(),
    later: none(),
  }
  if (!/^\d+-/.test(row.name)) return row
  row.adds = goal(row.name)
  for (const suite of module.children.suites()) add(row[partOf(suite, row.name)], suite)
  return row
}

/** The names are those that prove() gives. */
function partOf({ name }: TestSuite, step: string): 'own' | 'before' | 'later' {
  if (name.includes(' not yet on ')) return 'before'
  return name.includes(' on steps/') && !name.includes(` on steps/${step}/`) ? 'later' : 'own'
}

const none = (): Count => ({ passed: 0, all: 0 })

function add(count: Count, tests: TestSuite | TestModule): void {
  for (const test of tests.children.allTests()) {
    const { state } = test.result()
    if (state === 'passed') count.passed++
    if (state !== 'skipped') count.all++
  }
}

const sizeOf = ({ own, before, later }: Row) => own.all + before.all + later.all

function words({ name, adds, own, before, later }: Row): string[] {
  const counts = [own, before, later]
  const ok = counts.every(({ passed, all }) => passed === all)
  return [name, adds, ...counts.map(share), ok ? 'ok' : 'NOT OK']
}

const share = ({ passed, all }: Count) => (all === 0 ? '–' : `${passed}/${all}`)

function othersOf(modules: readonly TestModule[]): string {
  const rooms = new Map<string, Count>()
  for (const module of modules) {
    const room = roomOf(module.moduleId)
    if (/^\d+-/.test(room)) continue
    const count = rooms.get(room) ?? none()
    add(count, module)
    if (module.errors().length > 0) count.all++
    rooms.set(room, count)
  }
  const known = [...rooms].filter(([, { all }]) => all > 0)
  return known.map(([room, count]) => `${room} ${share(count)}`).join(', ')
}

function table(rows: string[][]): string {
  const widths = header.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)))
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')
  return `\n${rows.map((row) => line(row).trimEnd()).join('\n')}`
}
