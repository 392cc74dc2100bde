import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import * as path from 'node:path'
import { describe, expect, test } from 'vitest'
import { steps } from '../harness/target'
import { repository } from '../harness/work'

// What a reader has to take in from one step to the next.

type Diff = { step: string; added: number; removed: number }

const core = steps().slice(0, 9)

const files = (step: string) =>
  readdirSync(path.join(repository, 'steps', step))
    .filter((name) => name.endsWith('.ts'))
    .sort()

const source = (step: string, file = 'main.ts') =>
  readFileSync(path.join(repository, 'steps', step, file), 'utf8')

/** As `git diff --no-index --numstat steps/NN-1 steps/NN` counts. */
function diff(before: string, step: string): Diff {
  const { stdout, stderr } = spawnSync(
    'git',
    ['diff', '--no-index', '--numstat', `steps/${before}`, `steps/${step}`],
    { cwd: repository, encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  const lines = stdout.trim().split('\n')
  const sum = (column: number) =>
    lines.reduce((total, line) => total + Number(line.split('\t')[column]), 0)
  return { step, added: sum(0), removed: sum(1) }
}

const diffs = core.slice(1).map((step, i) => diff(core[i] as string, step))

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
}

/** The import statements of a file: module → the statement. */
function imports(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^import\s[^'"]*['"]([^'"]+)['"]/gm)].map((match) => [
      match[1] as string,
      match[0],
    ]),
  )
}

test('the nine core steps are there', () => {
  expect(core.map((step) => step.slice(0, 2))).toEqual([
    '01',
    '02',
    '03',
    '04',
    '05',
    '06',
    '07',
    '08',
    '09',
  ])
})

test('from step to step the median diff is at most +20/-4', () => {
  console.log(diffs.map(({ step, added, removed }) => `${step} +${added}/-${removed}`).join('\n'))
  expect(diffs.length).toBeGreaterThan(0)
  expect(median(diffs.map(({ added }) => added))).toBeLessThanOrEqual(20)
  expect(median(diffs.map(({ removed }) => removed))).toBeLessThanOrEqual(4)
})

test.each(['07-cgroups', '08-net'])('the diff of %s is at most +90/-6', (step) => {
  const found = diffs.find((diff) => diff.step === step)
  expect(found?.added).toBeLessThanOrEqual(90)
  expect(found?.removed).toBeLessThanOrEqual(6)
})

test('steps 01 to 06 are one file each, and 06 has fewer than 110 lines', () => {
  for (const step of core.slice(0, 6))
    expect({ step, files: files(step) }).toEqual({ step, files: ['main.ts'] })
  expect(source('06-pivot-root').split('\n').length - 1).toBeLessThan(110)
})

test('07 adds one file for cgroups, 08 one for the network, 09 none', () => {
  const added = (step: string, before: string) =>
    files(step).filter((name) => !files(before).includes(name))
  expect(added('07-cgroups', '06-pivot-root')).toHaveLength(1)
  expect(added('08-net', '07-cgroups')).toHaveLength(1)
  expect(added('09-ipc', '08-net')).toHaveLength(0)
})

describe('a step imports nothing but node: modules, native/ and the files beside it', () => {
  test.each(core)('%s', (step) => {
    for (const file of files(step)) {
      const strange = [...imports(source(step, file)).keys()].filter(
        (module) => !/^(node:[a-z_/]+|\.\.\/\.\.\/native(\/[\w-]+)?|\.\/[\w-]+)$/.test(module),
      )
      expect({ file, strange }).toEqual({ file, strange: [] })
    }
  })
})

describe('no step re-wraps an import or changes the order of imports', () => {
  test.each(core.slice(1))('%s', (step) => {
    const before = imports(source(core[core.indexOf(step) - 1] as string))
    const now = imports(source(step))
    const wrapped = (statement: string | undefined) => statement?.includes('\n')
    const both = [...before.keys()].filter((module) => now.has(module))
    for (const module of both) {
      const [old, young] = [before.get(module), now.get(module)]
      expect({ module, wrapped: wrapped(young) }).toEqual({ module, wrapped: wrapped(old) })
    }
    expect([...now.keys()].filter((module) => before.has(module))).toEqual(both)
  })
})
