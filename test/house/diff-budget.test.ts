// What a reader has to take in from one step to the next.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { at, root } from '../../tools/setup/project.mjs'
import { partOf, steps } from '../../tools/setup/steps.mjs'

type Diff = { step: string; added: number; removed: number }

const all = steps()
const previous = (step: string) => all[all.indexOf(step) - 1] as string

const files = (step: string) =>
  readdirSync(at('steps', step))
    .filter((name) => name.endsWith('.ts'))
    .sort()

const source = (step: string, file = 'main.ts') => readFileSync(at('steps', step, file), 'utf8')

/** As `git diff --no-index --numstat steps/NN-1 steps/NN` counts. */
function diff(step: string): Diff {
  const words = ['diff', '--no-index', '--numstat', `steps/${previous(step)}`, `steps/${step}`]
  const { stdout, stderr } = spawnSync('git', words, { cwd: root, encoding: 'utf8' })
  expect(stderr).toBe('')
  const lines = stdout.trim().split('\n')
  const sum = (column: number) =>
    lines.reduce((total, line) => total + Number(line.split('\t')[column]), 0)
  return { step, added: sum(0), removed: sum(1) }
}

const diffs = all.slice(1).map(diff)

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
}

/** The import lines of a file, in order. */
const imports = (step: string) => source(step).match(/^import .*$/gm) ?? []

/** The module of an import line, and the names it brings. */
const moduleOf = (line: string) => /'([^']+)'$/.exec(line)?.[1]
const namesOf = (line: string) => /\{ (.*) \}/.exec(line)?.[1]?.split(', ') ?? []

test('from step to step of part one the median diff is at most +20/-4', () => {
  console.log(diffs.map(({ step, added, removed }) => `${step} +${added}/-${removed}`).join('\n'))
  const first = diffs.filter(({ step }) => partOf(step) === 1)
  expect(first.length).toBeGreaterThan(0)
  expect(median(first.map(({ added }) => added))).toBeLessThanOrEqual(20)
  expect(median(first.map(({ removed }) => removed))).toBeLessThanOrEqual(4)
})

test.each(diffs)('$step adds $added lines and removes $removed', ({ added, removed }) => {
  expect(added).toBeLessThanOrEqual(45)
  expect(removed).toBeLessThanOrEqual(4)
})

test('a step keeps the files of the step before and adds one at most', () => {
  for (const step of all.slice(1)) {
    expect(files(step)).toEqual(expect.arrayContaining(files(previous(step))))
    expect(files(step).length - files(previous(step)).length).toBeLessThanOrEqual(1)
  }
})

test("every step's main.ts has fewer than 130 lines", () => {
  for (const step of all) expect(source(step).split('\n').length - 1).toBeLessThan(130)
})

describe('imports are one line each, and a step only adds to them, in place', () => {
  test.each(all)('%s has no wrapped import', (step) => {
    expect(source(step)).not.toMatch(/^import [^'\n]*$/m)
  })

  test.each(all.slice(1))('%s keeps the order of modules', (step) => {
    const modules = (lines: string[]) => [...new Set(lines.map(moduleOf))]
    const [old, now] = [modules(imports(previous(step))), modules(imports(step))]
    expect(now.filter((module) => old.includes(module))).toEqual(old)
  })

  test.each(all.slice(1))('%s keeps the names of a line together, in their order', (step) => {
    const now = imports(step).map(namesOf)
    for (const line of imports(previous(step))) {
      const kept = namesOf(line).filter((name) => now.flat().includes(name))
      const found = now.map((names) => names.filter((name) => kept.includes(name)))
      expect(found).toContainEqual(kept)
    }
  })
})
