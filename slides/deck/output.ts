// Where the sub-commands put what they make, and what they say of it.
import { mkdirSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { Command } from 'commander'
import { at } from '../../tools/setup/project.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { parseOptions } from '../../tools/setup/options.mjs'

/** The folder for `command`, from its options; it is there afterwards. */
export function outputFolder(command: string, description: string, args: string[]): string {
  const { out } = parseOptions(
    new Command(`npm run ${command} --`)
      .description(description)
      .option('--out <folder>', 'where to put them', at('build', 'slides')),
    args,
  ).opts<{ out: string }>()
  try {
    mkdirSync(out, { recursive: true })
  } catch (error) {
    throw new Problem(
      `The folder ${out} cannot be made: ${(error as Error).message}. Choose another with --out.`,
    )
  }
  return out
}

/** Names the files that were made. */
export function report(files: string[]) {
  for (const file of files)
    console.log(`${relative('', file)}  ${Math.round(statSync(file).size / 1024)} KiB`)
}
