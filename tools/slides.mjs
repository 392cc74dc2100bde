// npm run slides | slides:build | slides:pdf | slides:record: the instructor's deck. Each sub-command is a file in slides/.
import { ensure } from './lib/setup.mjs'
import { main, Problem } from './lib/terminal.mjs'

const commands = ['serve', 'build', 'pdf', 'record']

await main(async () => {
  const [command, ...args] = process.argv.slice(2)
  if (!commands.includes(command))
    throw new Problem(`tools/slides.mjs needs one of ${commands.join(', ')}, not "${command ?? ''}".`, 2)
  const runsSteps = command === 'serve' || command === 'record'
  await ensure(runsSteps ? undefined : ['dependencies'], runsSteps ? ['run'] : [])
  const { tsImport } = await import('tsx/esm/api')
  const { run } = await tsImport(`./slides/${command}.ts`, import.meta.url)
  await run(args)
})
