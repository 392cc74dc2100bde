import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
import { HANG } from './test/harness/waiting'

// Tests that measure time or take the whole machine run one after another, when the others are done.
const alone = [
  'test/07-*.test.ts',
  'test/stress/faults.test.ts',
  'test/stress/{chaos,load,resources}.test.ts',
]

const config: ViteUserConfig = {
  // Nothing is written into the checkout: `npm test` may run as root in a folder of somebody else.
  cacheDir: join(tmpdir(), `vitest-cache-${process.getuid?.()}`),
  test: {
    cache: false,
    pool: 'forks',
    globals: true,
    globalSetup: 'test/harness/setup.ts',
    testTimeout: 5 * HANG,
    hookTimeout: 5 * HANG,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}

export default config
