// npm run bench [-- --rounds N] [--steps 01,06] [--node PATH] [--json [FILE]]: how long each step takes for `run /bin/true`,
// beside the same in Go and beside other runtimes, and what it needs while a container runs.
import { writeFileSync } from 'node:fs'
import { others, stepsOn } from './bench/candidates.mjs'
import { observe } from './bench/observe.mjs'
import { options } from './bench/options.mjs'
import { phases } from './bench/phases.mjs'
import { report } from './bench/report.mjs'
import { measure } from './bench/rounds.mjs'
import { withScratch } from './bench/scratch.mjs'
import { shown } from './lib/programs.mjs'
import { ensure } from './lib/setup.mjs'
import { main, Problem, say } from './lib/terminal.mjs'

await main(async () => {
  const { rounds, names, nodes, json } = options(process.argv.slice(2))
  if (process.getuid() !== 0)
    throw new Problem(
      `The bench makes containers and needs root: ${shown(['sudo', process.execPath, ...process.argv.slice(1)])}`,
    )
  await ensure(undefined, ['run'])
  await withScratch(async (scratch) => {
    const steps = nodes.flatMap((node) => stepsOn(node, names))
    const candidates = [...steps, ...(await others(scratch))]
    const { results, leftOut } = await measure(candidates, rounds, scratch)
    const running = await observe(steps.filter((step) => !leftOut.some(({ name }) => name === step.name)))
    const outcome = { rounds, results, leftOut, phases: phases(nodes, results), running }
    const text = report(outcome)
    if (json === '-') say(text)
    else console.log(text)
    if (json) writeFileSync(json === '-' ? 1 : json, `${JSON.stringify(outcome, null, 2)}\n`)
    if (leftOut.some(({ kind }) => kind === 'step')) process.exitCode = 1
  })
})
