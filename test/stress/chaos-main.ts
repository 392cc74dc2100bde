// The program behind `npm run test:chaos`: containers killed at random instants leave nothing.
import { Command } from 'commander'
import { randomInt } from 'node:crypto'
import { removeWork } from '../harness/work'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { main, Problem, say, task } from '../../tools/setup/terminal.mjs'
import { type ChaosOptions, chaos } from './chaos'

const command = new Command('npm run test:chaos --')
  .description('Kills containers at random instants and looks for what they leave.')
  .option('--runs <number>', 'how many containers', wholeNumber(), 500)
  .option('--parallel <number>', 'how many at the same time', wholeNumber(), 4)
  .option(
    '--seed <number>',
    'repeats the same instants and signals',
    wholeNumber(),
    randomInt(1, 2 ** 31),
  )

main(async () => {
  const options = parseOptions(command, process.argv.slice(2)).opts<ChaosOptions>()
  const { runs, parallel, seed } = options
  say(`${runs} containers, ${parallel} at the same time; again with: --runs ${runs} --seed ${seed}`)
  try {
    const faults = await task('Killing containers', (detail: (text: string) => void) =>
      chaos(options, (done) => detail(`${done} of ${runs}`)),
    )
    if (faults.length > 0)
      throw new Problem(`Seed ${seed}: ${faults.length} faults\n${faults.join('\n')}`)
    say('After one clean run, which removes what a killed one left, the host is as it was before.')
  } finally {
    removeWork()
  }
})
