// The phases as bars in a terminal.
import chalk from 'chalk'
import { sum } from './numbers.mjs'
import { phases } from './phases.mjs'

const paints = [
  'blue',
  'yellow',
  'white',
  'green',
  'cyan',
  'yellowBright',
  'magenta',
  'red',
  'gray',
]
const letters = 'NT.hnsmxe'

/** A bar for each program, and what its parts mean. Without colours the parts are letters. */
export function chart(rows, columns = 100) {
  const label = Math.max(...rows.map(({ name }) => name.length))
  const longest = Math.max(...rows.map(({ spent }) => sum(spent)))
  const scale = (Math.min(columns, 140) - label - 10) / longest
  const bars = rows.map(({ name, spent }) => {
    const bar = cells(spent, scale)
      .map((count, i) => part(i, count))
      .join('')
    return `${name.padEnd(label)} ${bar} ${sum(spent).toFixed(0)} ms`
  })
  return [...bars, legend()].join('\n')
}

// Rounded where they end, so that a bar is as long as its whole.
function cells(spent, scale) {
  const ends = spent.map((_, i) => Math.round(sum(spent.slice(0, i + 1)) * scale))
  return ends.map((end, i) => end - (ends[i - 1] ?? 0))
}

const part = (i, count) =>
  chalk.level ? chalk[paints[i]]('█'.repeat(count)) : letters[i].repeat(count)

const legend = () => phases.map(({ name }, i) => `${part(i, 1)} ${name}`).join('  ')
