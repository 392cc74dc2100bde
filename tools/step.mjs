// npm run step -- NUMBER|NAME|FILE.ts [OPTIONS] COMMAND…: one step, or a program of your own, and on stderr the command
// that this stands for.
import { become, shown } from './lib/programs.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { findMain, runMain, steps } from './lib/steps.mjs'
import { main, say, style } from './lib/terminal.mjs'

await main(async () => {
  const [wanted, ...args] = process.argv.slice(2)
  if (wanted === undefined) return list()
  const program = findMain(wanted)
  await ensure(undefined, ['run'])
  const command = asRoot(runMain(program, args))
  say(style('dim', `$ ${shown(command)}`))
  await become(command)
})

function list() {
  console.log(steps().join('\n'))
  say(`\nRun one with, for instance: npm run step -- ${steps().at(-1) ?? '1'} /bin/sh`)
}
