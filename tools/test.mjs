// npm test [-- FILTER… | vitest's options]: the tests, as root, because containers are made in them.
import { become } from './setup/programs.mjs'
import { asRoot } from './setup/root.mjs'
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'
import { vitest } from './setup/vitest.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  await become(asRoot(vitest(...process.argv.slice(2))))
})
