// The words on the command line.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { findStep, steps } from '../lib/steps.mjs'
import { Problem } from '../lib/terminal.mjs'

const usage = 'usage: npm run bench -- [--rounds N] [--steps 01,06] [--node PATH]... [--json [FILE]]'

/** How many rounds, which steps, on which Nodes, and where the JSON goes: '-' is standard output. */
export function options(argv) {
  const { rounds, steps: wanted, node, json } = parse(argv)
  if (!/^[1-9]\d{0,3}$/.test(rounds))
    throw new Problem(`--rounds ${rounds}: a number from 1 to 9999\n${usage}`, 2)
  const paths = [process.execPath, ...node]
  return {
    rounds: Number(rounds),
    names: wanted ? wanted.split(',').map(findStep) : steps(),
    nodes: paths.map((path) => ({ path, version: version(path) })),
    json,
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
        json: { type: 'string' },
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
