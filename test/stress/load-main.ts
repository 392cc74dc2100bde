// The program behind `npm run test:load`: many containers, one after the other and at once.
import { Command } from 'commander'
import { removeWork } from '../harness/work'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { main, Problem, say, task } from '../../tools/setup/terminal.mjs'
import { judge, type LoadOptions, runAtOnce, startMany } from './load'
import type { Cost } from './starter'

const command = new Command('npm run test:load --')
  .description('Starts many containers and measures what that costs the program that starts them.')
  .option('--sequential <number>', 'how many one after the other', wholeNumber(), 1000)
  .option('--parallel <number>', 'how many at once', wholeNumber(), 50)

main(async () => {
  const options = parseOptions(command, process.argv.slice(2)).opts<LoadOptions>()
  const { sequential, parallel } = options
  try {
    const cost: Cost = await task(
      `Starting ${sequential} through the addon one after the other, and ${parallel} at once`,
      () => startMany(options),
    )
    say(figures(cost))
    const whole: string[] = await task(`Running the last step ${parallel} times at once`, () =>
      runAtOnce(parallel),
    )
    const faults = [...judge(cost, options), ...whole]
    if (faults.length > 0) throw new Problem(`${faults.length} faults\n${faults.join('\n')}`)
    say('No growth, and nothing is left.')
  } finally {
    removeWork()
  }
})

function figures({ ratio, milliseconds, descriptors, memory }: Cost): string {
  const { first, last } = milliseconds
  const time = (ms: number) => `${ms.toFixed(1)} ms`
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  return [
    `  CPU time    ${time(first)} a start at first, ${time(last)} at last, ratio ${ratio.toFixed(2)}`,
    `  descriptors ${descriptors.before} before, ${descriptors.after} after`,
    `  memory      ${mebibytes(memory.before)} before, ${mebibytes(memory.after)} after`,
  ].join('\n')
}
