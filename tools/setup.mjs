// npm run setup: everything that npm start and npm test need.
import { ensure } from './setup/setup.mjs'
import { main, say } from './setup/terminal.mjs'
import { words } from './setup/words.mjs'

await main(async () => {
  words('usage: npm run setup')
  const didSomething = await ensure(undefined, ['run', 'test'])
  say(didSomething ? 'All is set up: npm start' : 'All is set up already; there is nothing to do.')
})
