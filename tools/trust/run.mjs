// Becomes a TypeScript program of this folder, as root.
import { become } from '../lib/programs.mjs'
import { at } from '../lib/project.mjs'
import { asRoot } from '../lib/root.mjs'

export const runTrust = (program, options) =>
  become(
    asRoot([
      process.execPath,
      '--require',
      'tsx/cjs',
      at('tools', 'trust', program),
      JSON.stringify(options),
    ]),
  )
