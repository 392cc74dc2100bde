// The command line of `npm run bench`.
import { execFileSync } from 'node:child_process'
import { Command, InvalidArgumentError } from 'commander'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'
import { findStep, steps } from '../../setup/steps.mjs'

export type Node = { path: string; version: string }

export type Wanted = {
  rounds: number
  steps: string[]
  nodes: Node[]
  sizes: number[]
  json?: boolean
  save?: boolean
}

export function options(argv: string[]): Wanted {
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
    .option('--json', 'all numbers instead of tables')
    .option('--save', "saves this machine's figures as results.md")
  const { node, ...wanted } = parseOptions(command, argv).opts()
  const own = { path: process.execPath, version: process.versions.node }
  return { ...wanted, nodes: [own, ...node] } as Wanted
}

function version(path: string): string {
  try {
    const said = execFileSync(path, ['-p', 'process.versions.node'], { stdio: 'pipe' })
    return (/^\d+\.\d+\.\d+\S*/.exec(`${said}`) as RegExpExecArray)[0]
  } catch {
    throw new InvalidArgumentError("It doesn't run as a Node.")
  }
}
