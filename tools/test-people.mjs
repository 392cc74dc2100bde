// npm run test:people [-- SCENARIO…]: the machines that people bring, made here for the time of a test.
import { checkPlatform } from './lib/platform.mjs'
import { main, Problem } from './lib/terminal.mjs'
import { testPeople } from './people/main.mjs'
import { scenarios } from './people/scenarios.mjs'

await main(async () => {
  checkPlatform()
  const names = process.argv.slice(2)
  const unknown = names.find((name) => !(name in scenarios))
  if (unknown)
    throw new Problem(
      `There is no scenario "${unknown}"; there are\n\n    ${Object.keys(scenarios).join('\n    ')}`,
      2,
    )
  if (process.getuid() !== 0)
    throw new Problem('A user is made for this, which needs root: sudo npm run test:people')
  await testPeople(names.length ? names : Object.keys(scenarios))
})
