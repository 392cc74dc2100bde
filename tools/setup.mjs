// npm run setup: everything that npm start and npm test need.
import { ensure } from './lib/setup.mjs'
import { main, say } from './lib/terminal.mjs'
import { words } from './lib/words.mjs'

await main(async () => {
  words('usage: npm run setup')
  const didSomething = await ensure(undefined, ['run', 'test'])
  say(didSomething ? 'All is set up: npm start' : 'All is set up already; there is nothing to do.')
})
