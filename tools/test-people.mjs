// npm run test:people [-- SCENARIO…]: the machines that people bring, made here for the time of a test.
import { testPeople } from './people/main.mjs'
import { scenarios } from './people/scenarios.mjs'
import { ensure } from './lib/setup.mjs'
import { main, Problem } from './lib/terminal.mjs'

await main(async () => {
  await ensure(['dependencies'])
  const names = await options(process.argv.slice(2))
  if (process.getuid() !== 0)
    throw new Problem('A user is made for this, which needs root: sudo npm run test:people')
  await testPeople(names)
})

async function options(words) {
  const { Argument, Command } = await import('commander')
  const { parseOptions } = await import('./lib/options.mjs')
  const all = Object.keys(scenarios)
  const command = new Command('npm run test:people --')
    .description('The machines that people bring, made and taken away again; needs root.')
    .addArgument(new Argument('[scenario...]', 'all by default').choices(all).default(all))
  return parseOptions(command, words).processedArgs[0]
}
