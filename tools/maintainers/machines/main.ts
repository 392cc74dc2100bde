// npm run test:people [-- SCENARIO…]: the machines that people bring, simulated, then removed.
import { main, Problem } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { attemptAll } from '../attempts'
import { endOnSignals } from '../run'
import { Machine } from './machine'
import { scenarios } from './scenarios'

const all = Object.keys(scenarios)
const usage = `usage: npm run test:people [-- SCENARIO…]\n\n    ${all.join('\n    ')}`

main(async () => {
  const { positionals } = words(usage, { args: process.argv.slice(2), allowPositionals: true })
  const unknown = positionals.find((name: string) => !all.includes(name))
  if (unknown) throw new Problem(`There's no scenario "${unknown}"\n${usage}`, 2)
  if (process.getuid?.() !== 0)
    throw new Problem('This makes a user, which needs root: sudo npm run test:people')
  endOnSignals()
  const machine = new Machine()
  try {
    const names = positionals.length ? positionals : all
    await attemptAll(names, (name) => scenarios[name](machine))
  } finally {
    await machine.undo()
  }
})
