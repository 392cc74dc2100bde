// The words on the command line.
import { execFileSync } from 'node:child_process'
import { Command, InvalidArgumentError } from 'commander'
import { at } from '../../setup/project.mjs'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'
import { findStep, steps } from '../../setup/steps.mjs'

/** What to measure, and where it goes: `json` is '-' for standard output. */
export function options(argv) {
  const { rounds, steps: names, node, json, svg, save, sizes } = parse(argv)
  return {
    rounds,
    sizes,
    names,
    nodes: [{ path: process.execPath, version: process.versions.node }, ...node],
    json: json === true ? '-' : json,
    svg,
    save: save
      ? { page: at('tools', 'bench', 'results.md'), picture: at('tools', 'bench', 'results.svg') }
      : undefined,
  }
}

function parse(argv) {
  const command = new Command('npm run bench --')
    .description('What each step costs, in time and memory, beside other runtimes; needs root.')
    .option('--rounds <number>', 'how often each program is run', wholeNumber(9999), 15)
    .option(
      '--steps <names>',
      'these steps, such as 01,06, and not all',
      (text) => text.split(',').map(findStep),
      steps(),
    )
    .option(
      '--node <path>',
      'another Node as well; may be given again',
      (path, all) => [...all, { path, version: version(path) }],
      [],
    )
    .option(
      '--sizes <numbers>',
      'how many containers at once',
      (text) => text.split(',').map(wholeNumber(999)),
      [1, 10, 50, 200],
    )
    .option('--json [file]', 'all numbers, on standard output or in a file')
    .option('--svg <file>', 'the bars as a picture')
    .option('--save', 'keeps the figures of this machine: tools/bench/results.md and .svg')
  return parseOptions(command, argv).opts()
}

function version(path) {
  try {
    const print = ['-p', 'process.versions.node']
    return /^\d+\.\d+\.\d+\S*/.exec(
      execFileSync(path, print, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )[0]
  } catch {
    throw new InvalidArgumentError('It cannot be run as a Node.')
  }
}
