// The command line of `npm run bench`.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'
import { findStep, steps } from '../../setup/steps.mjs'

export type Node = { path: string; version: string }

export type Wanted = {
  runs: number
  sizes: number[]
  names: string[]
  nodes: [Node, ...Node[]]
  /** A file, or '-' for standard output. */
  json?: string
  svg?: string
  save?: { page: string; picture: string }
}

export function options(argv: string[]): Wanted {
  const { rounds: runs, steps, node, json, svg, save, sizes } = parse(argv)
  return {
    runs,
    sizes,
    names: steps,
    nodes: [{ path: process.execPath, version: process.versions.node }, ...node],
    json: json === true ? '-' : json,
    svg,
    save: save
      ? {
          page: join(import.meta.dirname, 'results.md'),
          picture: join(import.meta.dirname, 'results.svg'),
        }
      : undefined,
  }
}

function parse(argv: string[]) {
  const list = (text: string) => text.split(',')
  const command = new Command('npm run bench --')
    .description('What each step costs in time and memory, beside other runtimes. Needs root.')
    .option('--rounds <number>', 'how often each program runs', wholeNumber(9999), 15)
    .option(
      '--steps <names>',
      'only these steps, such as 01,06',
      (text) => list(text).map(findStep),
      steps(),
    )
    .option(
      '--node <path>',
      'another Node as well; you may repeat this',
      (path, all: Node[]) => [...all, { path, version: version(path) }],
      [],
    )
    .option(
      '--sizes <numbers>',
      'how many containers at once',
      (text) => list(text).map(wholeNumber(999)),
      [1, 10, 50, 200],
    )
    .option('--json [file]', 'all numbers, on standard output or in a file')
    .option('--svg <file>', 'the bars as a picture')
    .option('--save', "saves this machine's figures as results.md and results.svg")
  return parseOptions(command, argv).opts()
}

function version(path: string): string {
  try {
    const print = ['-p', 'process.versions.node']
    const said = execFileSync(path, print, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return (/^\d+\.\d+\.\d+\S*/.exec(said) as RegExpExecArray)[0]
  } catch {
    throw new InvalidArgumentError("It doesn't run as a Node.")
  }
}
