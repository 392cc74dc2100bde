// npm start [-- COMMAND…]: the finished container, that is the last step, with a shell in it.
import { become } from './setup/programs.mjs'
import { asRoot } from './setup/root.mjs'
import { ensure } from './setup/setup.mjs'
import { runCompiled, steps } from './setup/steps.mjs'
import { main, Problem } from './setup/terminal.mjs'

await main(async () => {
  await ensure(undefined, ['run'])
  const last = steps().at(-1)
  if (!last) throw new Problem('There are no steps in steps/ yet.')
  const args = process.argv.slice(2)
  await become(asRoot(runCompiled(last, args.length ? args : ['/bin/sh'])))
})
