// One scenario after the other on one machine, a table of outcomes, and everything undone whatever happens.
import { say, style, task } from '../../setup/terminal.mjs'
import { Machine } from './machine.mjs'
import { LeftOut } from './run.mjs'
import { scenarios } from './scenarios.mjs'

export async function testPeople(names) {
  const machine = new Machine()
  const stop = () => machine.stop()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, stop)
  const rows = []
  try {
    for (const name of names) if (!machine.stopped) rows.push(await outcome(name, machine))
  } finally {
    await machine.undo()
  }
  console.log(table(rows))
  if (machine.stopped) process.exitCode = 130
  else if (rows.some(({ word }) => word === 'failed')) process.exitCode = 1
}

async function outcome(name, machine) {
  const start = Date.now()
  const row = (word, note) => ({
    name,
    word,
    seconds: `${Math.round((Date.now() - start) / 1000)} s`,
    note,
  })
  try {
    return row('passed', await task(name, () => scenarios[name](machine)))
  } catch (error) {
    if (error instanceof LeftOut) return row('left out', error.message)
    if (machine.stopped) return row('interrupted', '')
    say(style('red', error.message))
    return row('failed', error.message.split('\n')[0])
  }
}

function table(rows) {
  const width = (key) => Math.max(...rows.map((row) => row[key].length))
  const line = ({ name, word, seconds, note }) =>
    `${name.padEnd(width('name'))}  ${word.padEnd(width('word'))}  ${seconds.padStart(width('seconds'))}  ${note}`
  return rows.map(line).join('\n')
}
