import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { choose, isFirst } from './test/harness/rooms'
import { TableReporter } from './test/harness/table-reporter'
import { HANG } from './test/harness/waiting'

// Tests that take the whole machine run one after another, when the others are done.
const alone = ['test/stress/*.test.ts']

// What takes minutes starts first: at the end, all would wait for it.
const long = ['setup/kit', 'companion/learner', 'companion/wrong', 'deck/rehearsal', 'deck/users']
const isLong = ({ moduleId }: TestSpecification) => long.some((name) => moduleId.includes(name))

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((a, b) => Number(isLong(b)) - Number(isLong(a)))
  }
}

const words = process.argv.slice(2).filter((word) => word !== 'run' && !word.startsWith('-'))
const { include, leftOut } = choose(process.env.TEST_STEPS ?? '', words)
// Relative: these are patterns, and a checkout's path may have parentheses.
const patterns = include.map((file) => relative(import.meta.dirname, file))
// What proves the steps computes; the rest waits for what it started.
const maxWorkers = include.every(isFirst) ? 3 : 4
const isFiltered = include.some((file) => words.some((word) => file.includes(word)))

const config: ViteUserConfig = {
  // Nothing is written into the checkout: `npm test` may run as root in somebody else's folder.
  cacheDir: join(tmpdir(), `vitest-cache-${process.getuid?.()}`),
  test: {
    cache: false,
    pool: 'forks',
    // What `npm test` runs leaves nothing behind in its process, so files share it: that's quicker.
    isolate: !include.every(isFirst),
    globals: true,
    sequence: { sequencer: LongFirst },
    globalSetup: 'test/harness/setup.ts',
    reporters: ['default', new TableReporter(isFiltered ? '' : leftOut)],
    // What can go wrong shows sooner. These only end what hangs.
    testTimeout: 5 * HANG,
    hookTimeout: 5 * HANG,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: patterns,
          exclude: alone,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: patterns.filter((file) => file.includes('/stress/')),
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}

export default config
