// The bench: its command line, what it shows, and one short run.
import { spawnSync } from 'node:child_process'
import * as path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../tools/maintainers/bench/outcome'
import { page, report } from '../../tools/maintainers/bench/report'
import { chart } from '../../tools/maintainers/bench/tables'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

const RUN = path.join(repository, 'tools/run.mjs')
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [RUN, 'bench', ...args], {
    encoding: 'utf8',
    timeout: 300_000 * slowness,
  })

const outcome: Outcome = {
  machine: [['kernel', 'Linux 6']],
  runs: 3,
  results: [
    {
      kind: 'step',
      name: 'a <step>',
      ms: { median: 80, least: 70, most: 90 },
      firstOutput: 75,
      peakKiB: 2048,
      spent: [20, 10, 1, 0, 20, 10, 4, 10, 5],
    },
    {
      kind: 'go run',
      name: 'go run',
      ms: { median: 100, least: 90, most: 200 },
      firstOutput: 99,
      peakKiB: 1024,
    },
  ],
  leftOut: [{ kind: 'other', name: 'crun run', why: 'no\nfor\nthis' }],
  growth: [
    { name: 'a <step>', size: 1, startMs: 80, endMs: 5, processes: 1, heldKiB: 8192 },
    { name: 'a <step>', size: 10, problem: 'too little free memory for 10' },
  ],
}

describe('the outcome', () => {
  test('in a terminal: ratios to go run, phases as bars, and what was left out', () => {
    const text = report(outcome)
    expect(text).toMatch(/^\| a <step> \| +75 \| +80 \| +70 \| +90 \| +0\.80 \| +2\.0 \|$/m)
    expect(text).toContain('Left out: crun run: no; for')
    expect(text).toMatch(/^\| a <step>: too little free memory for 10 \| +10 \| +-/m)
    const [first, second] = chart([
      outcome.results[0],
      { name: 'half', spent: [40, 0, 0, 0, 0, 0, 0, 0, 0] },
    ])
      .split('\n')
      .map((line) => line.match(/^\S.{9}(\S+)/)?.[1].length ?? 0)
    expect(first).toBe(81)
    expect(second).toBeGreaterThan(38)
    expect(second).toBeLessThan(43)
  })

  test('as a page: all rows of a table have the same number of cells', () => {
    const text = page(outcome)
    const tables = text.split('\n\n').filter((block) => block.startsWith('|'))
    expect(tables.length).toBe(3)
    for (const table of tables) {
      const cells = table.split('\n').map((line) => line.split('|').length)
      expect(new Set(cells).size).toBe(1)
    }
  })
})

test.each([
  [['--rounds', 'many'], /'--rounds <number>' argument 'many' is invalid/],
  [['--rounds', '10000'], /from 1 to 9999/],
  [['--sizes', '10,1000'], /from 1 to 999/],
  [['--steps', '99'], /no step "99"/],
  [['--node', '/bin/true'], /It doesn't run as a Node/],
])('%j is wrong usage', (args, words) => {
  const { status, stdout, stderr } = bench(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(words)
})

test.skipIf(process.geteuid?.() !== 0)(
  'a short run gives times, phases and memory',
  () => {
    const { status, stdout } = bench('--rounds', '1', '--steps', '06', '--sizes', '1,3', '--json')
    expect(status).toBe(0)
    const { results, growth } = JSON.parse(stdout)
    const step = results.find(({ kind }: { kind: string }) => kind === 'step')
    expect(step.firstOutput).toBeGreaterThan(0)
    // Two measurements: on a busy machine either may be the longer one.
    expect(step.ms.median).toBeGreaterThan(0)
    const compiled = step.spent as number[]
    expect(compiled.length).toBe(9)
    for (const phase of [0, 1, 2, 4, 5, 6, 7, 8]) expect(compiled[phase]).toBeGreaterThan(0)
    const three = growth.find(
      ({ name, size }: { name: string; size: number }) => /^06/.test(name) && size === 3,
    )
    expect(three).toMatchObject({ processes: 1 })
    expect(three.heldKiB).toBeGreaterThan(1000)
  },
  310_000 * slowness,
)
