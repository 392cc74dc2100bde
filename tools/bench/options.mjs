// The words on the command line.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { at } from '../lib/project.mjs'
import { findStep, steps } from '../lib/steps.mjs'
import { Problem } from '../lib/terminal.mjs'

const usage = `usage: npm run bench -- [OPTIONS]

  --rounds N       how often each program is run, 15 if not given
  --steps 01,06    these steps, and not all
  --node PATH      another Node as well; may be given again
  --sizes 1,10     how many containers at once: 1,10,50,200 if not given
  --json [FILE]    all numbers, on standard output or in a file
  --svg FILE       the bars as a picture
  --save           keeps the figures of this machine: tools/bench/results.md and .svg`

/** What to measure, and where it goes: `json` is '-' for standard output. */
export function options(argv) {
  const { rounds, steps: wanted, node, json, svg, save, sizes, help } = parse(argv)
  if (help) throw new Problem(usage, 0)
  if (!/^[1-9]\d{0,3}$/.test(rounds))
    throw new Problem(`--rounds ${rounds}: a number from 1 to 9999\n${usage}`, 2)
  if (!/^[1-9]\d{0,2}(,[1-9]\d{0,2})*$/.test(sizes))
    throw new Problem(`--sizes ${sizes}: numbers from 1 to 999, with commas\n${usage}`, 2)
  const paths = [process.execPath, ...node]
  return {
    rounds: Number(rounds),
    sizes: sizes.split(',').map(Number),
    names: wanted ? wanted.split(',').map(findStep) : steps(),
    nodes: paths.map((path) => ({ path, version: version(path) })),
    json,
    svg,
    save: save
      ? { page: at('tools', 'bench', 'results.md'), picture: at('tools', 'bench', 'results.svg') }
      : undefined,
  }
}

function parse(argv) {
  // To parseArgs an option either has a value or has none.
  const args = argv.map((word, i) =>
    word === '--json' && (argv[i + 1] ?? '--').startsWith('--') ? '--json=-' : word,
  )
  try {
    return parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '15' },
        steps: { type: 'string' },
        node: { type: 'string', multiple: true, default: [] },
        sizes: { type: 'string', default: '1,10,50,200' },
        json: { type: 'string' },
        svg: { type: 'string' },
        save: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new Problem(`${error.message}\n${usage}`, 2)
  }
}

function version(path) {
  try {
    const print = ['-p', 'process.versions.node']
    return /^\d+\.\d+\.\d+\S*/.exec(
      execFileSync(path, print, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )[0]
  } catch {
    throw new Problem(`--node ${path}: cannot be run as a Node`, 2)
  }
}
