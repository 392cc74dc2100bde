// The deck's commands: npm run slides, slides:build, slides:pdf, slides:record, slides:screenshots.
// Each loads only what it needs: not everybody has a browser to print with.
import { mkdirSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { Command, Option } from 'commander'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { at } from '../../tools/setup/project.mjs'
import { main, Problem, task } from '../../tools/setup/terminal.mjs'

const commands: Record<string, (args: string[]) => Promise<void>> = {
  async serve(args) {
    const command = new Command('npm run slides --')
      .description(
        "Serves the instructor's deck on this machine, with live terminals, and opens it.",
      )
      .option(
        '--port <number>',
        'the port at 127.0.0.1; 4000 or another free one by default',
        wholeNumber(65535),
      )
      .option('--no-open', 'only print the address')
      .option('--no-terminal', 'recordings in place of live terminals')
      .option(
        '--grace <seconds>',
        'how long a terminal waits for its page to return',
        wholeNumber(3600),
        30,
      )
    const { parts, plans } = await import('./chapters')
    const { usual } = await import('./plan')
    command.addOption(
      new Option('--plan <minutes>', 'how long you have: sets slides, times and countdowns')
        .choices(plans.map(String))
        .default(`${usual}`),
    )
    command.addOption(
      new Option('--part <number>', 'the part of the workshop')
        .choices(parts.map(String))
        .default('1'),
    )
    const { present } = await import('./serve')
    await present(parseOptions(command, args).opts())
  },

  async build(args) {
    const folder = outputFolder(
      'slides:build',
      'Makes, for each part, the deck in one file, index.html; handout.html; and instructor.html.',
      args,
    )
    const { build } = await import('./static')
    report(await task('Building the deck', () => build(folder)))
  },

  async pdf(args) {
    const folder = outputFolder(
      'slides:pdf',
      'Prints each part as deck.pdf, and with a page of notes after each slide as deck-with-notes.pdf.',
      args,
    )
    const { print } = await import('./pdf')
    report(await task('Printing the deck', () => print(folder)))
  },

  async record(args) {
    const command = new Command('npm run slides:record --')
      .description("Types the slides' console blocks and records what the terminals show.")
      .option('--check', 'record nothing; say where slides, recordings and steps differ')
    const { check } = parseOptions(command, args).opts<{ check?: boolean }>()
    const { record } = await import('./record')
    await record(check)
  },

  async screenshots(args) {
    const description =
      "Takes the README's pictures, of watch and of the deck, into slides/screenshots."
    parseOptions(new Command('npm run slides:screenshots').description(description), args)
    const { takeAll } = await import('./screenshots')
    report(await task('Taking the pictures', takeAll))
  },
}

main(async () => {
  const [name, ...args] = process.argv.slice(2)
  const run = commands[name]
  if (!run) throw new Problem(`The deck has no command "${name ?? ''}".`, 2)
  await run(args)
})

/** The folder a command writes to, from its options. It exists afterwards. */
function outputFolder(name: string, description: string, args: string[]): string {
  const command = new Command(`npm run ${name} --`)
    .description(description)
    .option('--out <folder>', 'where to put them', at('build', 'slides'))
  const { out } = parseOptions(command, args).opts<{ out: string }>()
  try {
    mkdirSync(out, { recursive: true })
  } catch (error) {
    throw new Problem(
      `The folder ${out} can't be made: ${(error as Error).message}. Choose another with --out.`,
    )
  }
  return out
}

function report(files: string[]) {
  for (const file of files)
    console.log(`${relative('', file)}  ${Math.round(statSync(file).size / 1024)} KiB`)
}
