// npm run step -- NUMBER|NAME|FILE.ts [OPTIONS] COMMAND…: one step, or a program of your own, and on stderr the command
// that this stands for.
import { readFileSync } from 'node:fs'
import { become, shown } from './setup/programs.mjs'
import { at } from './setup/project.mjs'
import { asRoot } from './setup/root.mjs'
import { ensure } from './setup/setup.mjs'
import { findMain, runMain, steps } from './setup/steps.mjs'
import { main, say, style } from './setup/terminal.mjs'

await main(async () => {
  const [wanted, ...args] = process.argv.slice(2)
  if (wanted === undefined || isHelp(wanted)) return list()
  const program = findMain(wanted)
  await ensure(undefined, ['run'])
  if (isHelp(args[0])) return become(help(program))
  const command = asRoot(runMain(program, args))
  say(style('dim', `$ ${shown(command)}`))
  await become(command)
})

function isHelp(word) {
  return word === '--help' || word === '-h'
}

// An early step takes no options, so to its `run` this word would be the command.
function help(program) {
  const hasOptions = readFileSync(at(program), 'utf8').includes('parse(')
  const command = runMain(program, ['--help'])
  return hasOptions ? command : command.filter((word) => word !== 'run')
}

function list() {
  console.log(steps().join('\n'))
  say(`\nRun one with, for instance: npm run step -- ${steps().at(-1) ?? '1'} /bin/sh`)
}
