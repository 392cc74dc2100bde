// npm test [-- FILTER… | vitest's options]: the tests, as root, because containers are made in them.
import { become } from './lib/programs.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { main } from './lib/terminal.mjs'
import { vitest } from './lib/vitest.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  await become(asRoot(vitest(...process.argv.slice(2))))
})
