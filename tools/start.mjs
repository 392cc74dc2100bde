// npm start [-- COMMAND…]: the finished container, that is the last step, with a shell in it.
import { become } from './lib/programs.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { runCompiled, steps } from './lib/steps.mjs'
import { main, Problem } from './lib/terminal.mjs'

await main(async () => {
  await ensure(undefined, ['run'])
  const last = steps().at(-1)
  if (!last) throw new Problem('There are no steps in steps/ yet.')
  const args = process.argv.slice(2)
  await become(asRoot(runCompiled(last, args.length ? args : ['/bin/sh'])))
})
