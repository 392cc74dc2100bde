// Becomes a TypeScript program of this folder, as root.
import { become } from '../../setup/programs.mjs'
import { at } from '../../setup/project.mjs'
import { asRoot } from '../../setup/root.mjs'

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
