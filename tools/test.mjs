// npm test [-- FILTER… | vitest's options]: the tests, as root, because containers are made in them.
import { become } from './lib/programs.mjs'
import { at } from './lib/project.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { main } from './lib/terminal.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  const vitest = [process.execPath, at('node_modules', 'vitest', 'vitest.mjs'), 'run']
  // Bundling the configuration would leave a directory of root's in node_modules.
  await become(asRoot([...vitest, '--configLoader', 'runner', ...process.argv.slice(2)]))
})
