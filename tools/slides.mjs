// npm run slides | slides:build | slides:pdf | slides:record | slides:screenshots: the instructor's deck. Each
// sub-command is a file in slides/.
import { become } from './setup/programs.mjs'
import { at } from './setup/project.mjs'
import { ensure } from './setup/setup.mjs'
import { main, Problem } from './setup/terminal.mjs'

const commands = ['serve', 'build', 'pdf', 'record', 'screenshots']

await main(async () => {
  const [command, ...args] = process.argv.slice(2)
  if (!commands.includes(command))
    throw new Problem(
      `tools/slides.mjs needs one of ${commands.join(', ')}, not "${command ?? ''}".`,
      2,
    )
  const runsSteps = command !== 'build' && command !== 'pdf'
  await ensure(runsSteps ? undefined : ['dependencies'], runsSteps ? ['run'] : [])
  await become([
    process.execPath,
    '--import',
    'tsx',
    at('slides', 'deck', 'cli.ts'),
    command,
    ...args,
  ])
})
