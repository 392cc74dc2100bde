// npm run test:people [-- SCENARIO…]: the machines that people bring, simulated, then removed.
import { main, Problem, say, style, task } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { LeftOut } from '../checkout'
import { endOnSignals } from '../run'
import { Machine } from './machine'
import { scenarios } from './scenarios'

type Row = { name: string; word: string; seconds: string; note: string }

const all = Object.keys(scenarios)
const usage = `usage: npm run test:people [-- SCENARIO…]\n\n    ${all.join('\n    ')}`

main(async () => {
  const { positionals } = words(usage, { args: process.argv.slice(2), allowPositionals: true })
  const unknown = positionals.find((name: string) => !all.includes(name))
  if (unknown) throw new Problem(`There's no scenario "${unknown}"\n${usage}`, 2)
  if (process.getuid?.() !== 0)
    throw new Problem('This makes a user, which needs root: sudo npm run test:people')
  const rows = await rowsOf(positionals.length ? positionals : all)
  console.log(table(rows))
  if (rows.some(({ word }) => word === 'failed')) process.exitCode = 1
})

/** One scenario after the other on one machine. Everything is undone, however that ends. */
async function rowsOf(names: string[]): Promise<Row[]> {
  endOnSignals()
  const machine = new Machine()
  try {
    const rows = []
    for (const name of names) rows.push(await rowOf(name, machine))
    return rows
  } finally {
    await machine.undo()
  }
}

async function rowOf(name: string, machine: Machine): Promise<Row> {
  const begin = Date.now()
  const row = (word: string, note: string) => ({
    name,
    word,
    seconds: `${Math.round((Date.now() - begin) / 1000)} s`,
    note,
  })
  try {
    return row('passed', await task(name, () => scenarios[name](machine)))
  } catch (error) {
    const { message, status } = error as Problem
    if (error instanceof LeftOut) return row('left out', message)
    if (status > 128) throw error // interrupted
    say(style('red', message))
    return row('failed', message.split('\n')[0] as string)
  }
}

function table(rows: Row[]): string {
  const width = (key: keyof Row) => Math.max(...rows.map((row) => row[key].length))
  const line = ({ name, word, seconds, note }: Row) =>
    [
      name.padEnd(width('name')),
      word.padEnd(width('word')),
      seconds.padStart(width('seconds')),
      note,
    ].join('  ')
  return rows.map(line).join('\n')
}
