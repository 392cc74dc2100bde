// The commands that need nothing but Node to begin with: start, step, setup, build, typecheck.
// Each gets its words, and a function that prepares what its row in tools/run.mjs names, and tells
// whether there was work to do.
import { readFileSync } from 'node:fs'
import { forgetAddon, isAddonBuilt } from './addon.mjs'
import { refuseMistakes } from './mistakes.mjs'
import { allGroups } from './packages.mjs'
import { become, quiet, shown } from './programs.mjs'
import { at, isKit } from './project.mjs'
import { asRoot, typedAsRoot } from './root.mjs'
import { compileProgram, forgetScripts } from './scripts.mjs'
import { findMain, needsRoot, runCompiled, runMain, steps } from './steps.mjs'
import { missingPrograms, networkStep } from './system.mjs'
import { Problem, say, style, task } from './terminal.mjs'
import { words } from './words.mjs'

/** `npm start [-- COMMAND…]`: the last step, with a shell in it. */
export async function start(args, prepare) {
  await prepare()
  const lacksPrograms = isKit && missingPrograms(['run']).length > 0
  const last = steps()
    .filter((name) => !lacksPrograms || name < networkStep)
    .at(-1)
  if (!last) throw new Problem('There are no steps in steps/ yet.')
  const command = runCompiled(last, args.length ? args : ['/bin/sh'])
  await become(needsRoot(`steps/${last}/main.ts`) ? asRoot(command) : command)
}

/** `npm run step -- NUMBER|NAME|FILE.ts [OPTIONS] COMMAND…`: one step or your own program. */
export async function step([wanted, ...args], prepare) {
  if (wanted === undefined || isHelp(wanted)) return list()
  const program = findMain(wanted)
  await prepare()
  if (isHelp(args[0])) return become(help(program))
  const command = runMain(program, args)
  const isRootless = !needsRoot(program)
  if (!program.startsWith('steps/')) {
    await refuseMistakes(program)
    await compileProgram(program)
  }
  say(style('dim', `$ ${shown(isRootless ? command : typedAsRoot(command))}`))
  await become(isRootless ? command : asRoot(command))
}

function list() {
  console.log(steps().join('\n'))
  say(`\nTo run one: npm run step -- ${steps().at(-1) ?? '1'} /bin/sh`)
}

const isHelp = (word) => word === '--help' || word === '-h'

// An early step takes no options: its `run` would take this word for the command.
function help(program) {
  const hasOptions = readFileSync(at(program), 'utf8').includes('parse(')
  const command = runMain(program, ['--help'])
  return hasOptions ? command : command.filter((word) => word !== 'run')
}

/** `npm run setup [-- --all]`: everything a learner needs, or everything. */
export async function setup(args, prepare) {
  const { values } = words('usage: npm run setup [-- --all]', {
    args,
    options: { all: { type: 'boolean' } },
  })
  const didSomething = await prepare(values.all ? { packages: allGroups().join(' ') } : {})
  say(didSomething ? "You're all set: npm start" : "You're all set already. There's nothing to do.")
}

/** `npm run build [-- --force]`: the native addon, and the steps compiled for a quick start. */
export async function build(args, prepare) {
  const { values } = words('usage: npm run build [-- --force]', {
    args,
    options: { force: { type: 'boolean' } },
  })
  if (values.force) forgetAddon()
  forgetScripts()
  const upToDate = isAddonBuilt()
  await prepare()
  if (upToDate) say('The addon is up to date.')
}

/** `npm run typecheck`: each tsconfig.json. */
export async function typecheck(args, prepare) {
  words('usage: npm run typecheck', { args })
  await prepare()
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  for (const project of ['.', 'slides/deck/client', 'tools/setup'])
    await task(`Checking the types in ${project}`, (detail) =>
      quiet(process.execPath, [tsc, '--noEmit', '-p', at(project)], detail),
    )
}
