// npm run test:people [-- SCENARIO…]: the machines that people bring, made here for the time of a test.
import { main, Problem } from './setup/terminal.mjs'
import { words } from './setup/words.mjs'
import { testPeople } from './maintainers/machines/main.mjs'
import { scenarios } from './maintainers/machines/scenarios.mjs'

const all = Object.keys(scenarios)
const usage = `usage: npm run test:people [-- SCENARIO…]\n\n    ${all.join('\n    ')}`

await main(async () => {
  const { positionals: names } = words(usage, { allowPositionals: true })
  const unknown = names.find((name) => !all.includes(name))
  if (unknown) throw new Problem(`There is no scenario "${unknown}"\n${usage}`, 2)
  if (process.getuid() !== 0)
    throw new Problem('A user is made for this, which needs root: sudo npm run test:people')
  await testPeople(names.length ? names : all)
})
