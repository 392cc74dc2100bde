// npm run bench [-- OPTIONS]: what each step costs in time and memory, beside the same container in
// Go and other runtimes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'
import { findStep, steps } from '../../setup/steps.mjs'
import { main, Problem } from '../../setup/terminal.mjs'
import { endOnSignals } from '../run'
import { others, stepsAndNode } from './candidates'
import { machine } from './machine'
import { watch } from './phases'
import { type Outcome, page, report } from './report'
import { measure, tryAll } from './times'

type Wanted = { rounds: number; steps: string[]; save?: boolean }

const command = new Command('npm run bench --')
  .description('What each step costs in time and memory, beside other runtimes. Needs root.')
  .option('--rounds <number>', 'how often each program runs', wholeNumber(9999), 15)
  .option(
    '--steps <names>',
    'only these steps, such as 01,06',
    (text) => text.split(',').map(findStep),
    steps(),
  )
  .option('--save', "saves this machine's figures as results.md")

main(async () => {
  const wanted = parseOptions(command, process.argv.slice(2)).opts<Wanted>()
  if (process.getuid?.() !== 0)
    throw new Problem('The bench makes containers, which needs root: sudo npm run bench')
  const scratch = mkdtempSync(join(tmpdir(), 'containers-bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  endOnSignals()
  // Extra certificates alone cost Node 20 as much as its whole start.
  for (const name of Object.keys(process.env)) if (/^NODE_/.test(name)) delete process.env[name]
  const outcome = await observe(wanted, scratch)
  console.log(report(outcome))
  if (wanted.save) writeFileSync(join(import.meta.dirname, 'results.md'), page(outcome))
  if (outcome.leftOut.some(({ candidate }) => /^(step|tsx)$/.test(candidate.kind)))
    process.exitCode = 1
})

async function observe({ rounds, steps }: Wanted, scratch: string): Promise<Outcome> {
  const { working, leftOut } = await tryAll([...stepsAndNode(steps), ...(await others(scratch))])
  const times = await measure(working, rounds, scratch)
  const looks = await watch(working, Math.min(rounds, 9), scratch)
  const results = working.map((one, i) => ({ ...one, ...looks[i], times: times[i] }))
  return { machine: await machine(), rounds, results, leftOut }
}
