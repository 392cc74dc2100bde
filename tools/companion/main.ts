// The companion's commands, all but the doctor. Each is loaded only when it's called.
import { Command, CommanderError } from 'commander'
import chalk from 'chalk'
import { main as run } from '../setup/terminal.mjs'

// chalk knows about FORCE_COLOR and --no-color.
if (!process.env.FORCE_COLOR && (process.env.NO_COLOR || process.env.TERM === 'dumb'))
  chalk.level = 0

const program = new Command('npm run workshop --')
  .description('Write your own container, step by step, and have it judged.')
  .exitOverride()
  .showHelpAfterError('(for help, add --help)')
  .addHelpText(
    'after',
    '\nEach command is also a script: npm run check -- 3 is npm run workshop -- check 3.',
  )

const command = (name: string, description: string, examples: string[]) =>
  program
    .command(name)
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`)

command('begin', 'makes my-container/ with a main.ts to start from; an existing one is kept', [
  'npm run begin',
]).action(async () => require('./jump').begin())

command(
  'check',
  'judges my-container/main.ts by the claims of a step and all before it, and explains',
  [
    'npm run check                   the step you are at',
    'npm run check -- 3              step 3, and 1 and 2',
    'npm run check -- 3 --only       only step 3, which is quicker',
    'npm run check -- 3 --hints      with all hints at once',
    'npm run check -- 3 --json       for scripts',
    '',
    "Exit status: 0 everything holds, 1 something doesn't, 2 wrong usage, 3 couldn't be judged.",
  ],
)
  .argument('[step]', 'a number or name, such as 3 or 03-pid')
  .option('--only', 'the step itself, without those before it')
  .option('--again', 'the steps before it too, even if nothing has changed since they held')
  .option('--hints', 'all hints at once')
  .option('--all', 'explain each claim that fails, not only the first three reasons')
  .option('--json', 'the judgement as JSON')
  .action(async (step, options) => require('./check').check(step, options))

command('watch', 'judges my-container/ again whenever you save it', [
  'npm run watch                   the step you are at',
  'npm run watch -- 3              from step 3 on',
])
  .argument('[step]', 'a number or name, such as 3 or 03-pid')
  .action(async (step) => require('./watch').watch(step))

command('diff', 'shows what changes from one step to the next, or between yours and a step', [
  'npm run diff -- 3               what step 3 adds to step 2',
  'npm run diff -- 2 3             the same',
  'npm run diff -- mine 3          from yours to step 3',
  'npm run diff -- mine 3 | patch -p0    makes yours step 3',
  'npm run diff -- 1 10 --stat     how much of which file',
])
  .argument('<a>', 'a step, or mine')
  .argument('[b]', 'a step, or mine')
  .option('--stat', 'only how many lines of which file')
  .option('--side', 'side by side, even in a narrow terminal')
  .option('--unified', 'one below the other, even in a wide terminal')
  .option('--light', 'colours for a light background')
  .option('--no-color', 'no colours; without them, one below the other is a patch')
  .action(async (a, b, options) => require('./diff').diff(a, b, options))

command('jump', "puts a step's reference into my-container/, after a backup of yours", [
  'npm run jump -- 4               step 4 is done, continue with step 5',
  'npm run jump -- 7 --only cgroup.ts   only that file of step 7; the rest stays yours',
  'npm run jump -- --list          lists the backups',
  'npm run jump -- --restore NAME  restores one; without a name, the newest',
])
  .argument('[step]', 'a number or name, such as 4 or 04-mount')
  .option('--only <file>', 'puts only this file there, and you stay at your step')
  .option('--list', 'lists the backups, newest first')
  .option('--restore [name]', 'restores a backup')
  .action(async (step, options) => require('./jump').jump(step, options))

program
  .command('doctor')
  .description('finds what would stop you on this machine, and says how to fix it')
  .helpOption(false)

run(async () => {
  try {
    await program.parseAsync()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
  }
})
