// The program behind `npm run test:people`: the machines that people bring, simulated.
import { main, Problem } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { testPeople } from './main.mjs'
import { scenarios } from './scenarios.mjs'

const all = Object.keys(scenarios)
const usage = `usage: npm run test:people [-- SCENARIO…]\n\n    ${all.join('\n    ')}`

main(async () => {
  const { positionals: names } = words(usage, { allowPositionals: true })
  const unknown = names.find((name: string) => !all.includes(name))
  if (unknown) throw new Problem(`There's no scenario "${unknown}"\n${usage}`, 2)
  if (process.getuid?.() !== 0)
    throw new Problem('This adds a user to the system, which needs root: sudo npm run test:people')
  await testPeople(names.length ? names : all)
})
