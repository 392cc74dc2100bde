// npm run test:load [-- OPTIONS]: many containers, one after the other and at once. `--help` lists the options.
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'
import { runTrust } from './maintainers/stress/run.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  const { Command } = await import('commander')
  const { parseOptions, wholeNumber } = await import('./setup/options.mjs')
  const command = new Command('npm run test:load --')
    .description(
      'Starts many containers, and measures what that costs the program which starts them.',
    )
    .option('--sequential <number>', 'how many one after the other', wholeNumber(), 1000)
    .option('--parallel <number>', 'how many at once', wholeNumber(), 50)
  await runTrust('load-main.ts', parseOptions(command, process.argv.slice(2)).opts())
})
