// npm run test:chaos [-- OPTIONS]: containers killed at random instants leave nothing. `--help` lists the options.
import { randomInt } from 'node:crypto'
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'
import { runTrust } from './maintainers/stress/run.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  const { Command } = await import('commander')
  const { parseOptions, wholeNumber } = await import('./setup/options.mjs')
  const command = new Command('npm run test:chaos --')
    .description(
      'Kills runs of the last step, or the first process in them, at random instants, and looks for what is left.',
    )
    .option('--runs <number>', 'how many containers', wholeNumber(), 500)
    .option('--parallel <number>', 'how many at the same time', wholeNumber(), 4)
    .option(
      '--from <number>',
      'leave out those before this one, to repeat a failure',
      wholeNumber(),
    )
    .option(
      '--seed <number>',
      'repeats the same instants and signals',
      wholeNumber(),
      randomInt(1, 2 ** 31),
    )
  await runTrust('chaos-main.ts', parseOptions(command, process.argv.slice(2)).opts())
})
