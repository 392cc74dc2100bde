// npm run step -- NUMBER|NAME [OPTIONS] COMMAND…: one step, and on stderr the command that this stands for.
import { become, shown } from './lib/programs.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { findStep, runStep, steps } from './lib/steps.mjs'
import { main, say, style } from './lib/terminal.mjs'

await main(async () => {
  const [wanted, ...args] = process.argv.slice(2)
  if (wanted === undefined) return list()
  const step = findStep(wanted)
  await ensure(undefined, ['run'])
  const command = asRoot(runStep(step, args))
  say(style('dim', `$ ${shown(command)}`))
  await become(command)
})

function list() {
  console.log(steps().join('\n'))
  say(`\nRun one with, for instance: npm run step -- ${steps().at(-1) ?? '1'} /bin/sh`)
}
