// The program behind `npm run test:steady`: a verdict is the same each time, on a busy machine too.
import { type ChildProcess, spawn } from 'node:child_process'
import { Command } from 'commander'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { steps } from '../../tools/setup/steps.mjs'
import { main, Problem, say } from '../../tools/setup/terminal.mjs'
import { Judge } from '../../tools/companion/client'
import { allOf, type Judgement, troubles } from '../../tools/companion/judgement'
import { Program } from './program'
import { type Right, rights } from './right'
import { showTimes } from './times'
import { styles } from './styles'
import { wrongs } from './wrong'

type Options = { runs: number; busy: number; times?: boolean }

const command = new Command('npm run test:steady --')
  .description('Judges programs again and again, the second half of the time beside busy loops.')
  .option('--runs <number>', 'how often each', wholeNumber(), 20)
  .option('--busy <number>', 'how many loops', wholeNumber(), 4)
  .option('--times', 'how long the verdicts on each step take, from the moment it is saved')
  .argument('[name...]', 'words of the names of programs; without any, all')

const references: Right[] = steps().map((step: string) => ({ name: step, step, edits: {} }))
const all: Right[] = [...references, ...rights, ...styles, ...wrongs]

main(async () => {
  const parsed = parseOptions(command, process.argv.slice(2))
  const { runs, busy, times } = parsed.opts<Options>()
  const words: string[] = parsed.args
  if (times) return showTimes(words)
  const chosen = all.filter(
    ({ name }) => !words.length || words.some((word) => name.includes(word)),
  )
  const program = new Program()
  const judge = await Judge.start()
  let unsteady = 0
  try {
    for (const one of chosen) {
      const verdicts = await judged(one, program, judge, { runs, busy })
      const kinds = new Set(verdicts)
      if (kinds.size > 1) unsteady++
      say(
        `${kinds.size === 1 ? 'same' : 'DIFFERENT'} ${verdicts.length} times: ${one.step}, ${one.name}`,
      )
      if (kinds.size > 1) for (const kind of kinds) say(`  ${kind}`)
    }
  } finally {
    await judge.close()
    program.remove()
  }
  if (unsteady > 0) throw new Problem(`${unsteady} of ${chosen.length} got different verdicts`)
})

async function judged(
  { step, edits, files }: Right,
  program: Program,
  judge: Judge,
  options: Options,
) {
  const path = program.write(step, edits, true, files)
  const verdicts: string[] = []
  let loops: ChildProcess[] = []
  try {
    for (let run = 0; run < options.runs; run++) {
      if (run === Math.floor(options.runs / 2)) loops = busyLoops(options.busy)
      const judgement = await judge.judge({ main: path, step, only: true })
      if (judgement) verdicts.push(summary(judgement))
    }
  } finally {
    for (const loop of loops) loop.kill()
  }
  return verdicts
}

const busyLoops = (count: number) =>
  Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )

/** What holds, what doesn't, and the explanations, in their order. */
function summary(judgement: Judgement): string {
  const claims = allOf(judgement).map(({ name, holds, unjudged }) => [name, unjudged ? '?' : holds])
  const causes = troubles(judgement).map(({ failure, names }) => [failure.cause, names.length])
  return JSON.stringify({
    failing: claims.filter(([, holds]) => holds !== true),
    causes,
    findings: judgement.findings?.length,
  })
}
