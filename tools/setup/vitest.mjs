// The command that runs the tests.
import { at } from './project.mjs'

// Bundling the configuration would leave root's files in node_modules.
export const vitest = (...args) => [
  process.execPath,
  at('node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--configLoader',
  'runner',
  ...args,
]
