// The bench: its command line, what it shows, and one short run.
import { spawnSync } from 'node:child_process'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { page } from '../../tools/maintainers/bench/report'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

const RUN = path.join(repository, 'tools/run.mjs')
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [RUN, 'bench', ...args], {
    encoding: 'utf8',
    timeout: 300_000 * slowness,
  })

test('the page: ratios to go run, phases, and what was left out', () => {
  const command: string[] = []
  const text = page({
    machine: [['kernel', 'Linux 6']],
    rounds: 3,
    results: [
      {
        kind: 'step',
        name: 'a <step>',
        command,
        times: { median: 0.08, min: 0.07, max: 0.09 },
        firstOutput: 75,
        peakKiB: 2048,
        spent: [20, 10, 1, 0, 20, 10, 4, 10, 5],
      },
      {
        kind: 'go run',
        name: 'go run',
        command,
        times: { median: 0.1, min: 0.09, max: 0.2 },
        spent: [],
      },
    ],
    leftOut: [{ candidate: { kind: 'other', name: 'crun run', command }, why: 'no\nfor\nthis' }],
  })
  expect(text).toMatch(/^\| a <step> \| +75 \| +80 \| +70 \| +90 \| +0\.80 \| +2\.0 \|$/m)
  expect(text).toMatch(/^\| a <step> \| +20\.0 \| +10\.0 \| +1\.0 \|/m)
  expect(text).toContain('Left out: crun run: no; for')
  const tables = text.split('\n\n').filter((block) => block.startsWith('|'))
  expect(tables.length).toBe(2)
  for (const table of tables) {
    const cells = table.split('\n').map((line) => line.split('|').length)
    expect(new Set(cells).size).toBe(1)
  }
})

test.each([
  [['--rounds', 'many'], /'--rounds <number>' argument 'many' is invalid/],
  [['--rounds', '10000'], /from 1 to 9999/],
  [['--steps', '99'], /no step "99"/],
])('%j is wrong usage', (args, words) => {
  const { status, stdout, stderr } = bench(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(words)
})

test.skipIf(process.geteuid?.() !== 0)(
  'a short run gives times, phases and memory, also of a step in a user namespace',
  () => {
    const { status, stdout, stderr } = bench('--rounds', '2', '--steps', '06,14')
    expect({ status, stderr }).toMatchObject({ status: 0 })
    for (const name of ['06-pivot-root', '14-user']) {
      const rows = stdout.split('\n').filter((line) => RegExp(`^\\| ${name} +\\|`).test(line))
      const [whole, spent] = rows.map((row) =>
        row.split('|').slice(2, -1).map(Number),
      ) as number[][]
      for (const number of [...whole.slice(0, 4), whole.at(-1)]) expect(number).toBeGreaterThan(0)
      expect(spent?.length).toBe(9)
      for (const phase of [0, 1, 2, 4, 5, 6, 7, 8]) expect(spent?.[phase]).toBeGreaterThan(0)
    }
  },
  310_000 * slowness,
)
