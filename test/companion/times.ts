// How long a learner waits: from saving a step to the verdict on it, and on those before it too.
import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Judge } from '../../tools/companion/client'
import type { Judgement } from '../../tools/companion/judgement'
import { LOOK } from '../../tools/companion/watch/judging'
import { steps } from '../../tools/setup/steps.mjs'
import { Program } from './program'

/** How often each step is judged; the first time, the judge makes itself ready. */
const ROUNDS = 4

/**
 * Milliseconds from a verdict to the next save. Nobody writes faster, and meanwhile the judge
 * removes what the last judgement used and makes what the next one needs.
 */
const BETWEEN = 2000

/** Milliseconds. `node` is an empty start of Node: other machines have other figures. */
type Times = { step: number; all: number; node: number }

/** Prints a row for each step whose name has one of the words. */
export async function showTimes(words: string[]): Promise<void> {
  const chosen = steps().filter((name) => !words.length || words.some((one) => name.includes(one)))
  const program = new Program()
  const judge = await Judge.start()
  console.log('Milliseconds, and as many starts of Node, from saving to the verdicts:')
  console.log(row('', 'the step', 'starts', 'all', 'starts', 'a start'))
  try {
    for (const step of chosen) {
      const { step: own, all, node } = await timesOf(step, program.write(step, {}), judge)
      console.log(row(step, own, own / node, all, all / node, node))
    }
  } finally {
    await judge.close()
    program.remove()
  }
}

const row = (step: string, ...cells: (string | number)[]) =>
  [
    step.padEnd(16),
    ...cells.map((cell) => (typeof cell === 'string' ? cell : `${Math.round(cell)}`).padStart(10)),
  ].join('  ')

/** The least of several rounds: what else runs on the machine only adds to it. */
async function timesOf(step: string, main: string, judge: Judge): Promise<Times> {
  const rounds: Times[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await setTimeout(BETWEEN)
    appendFileSync(main, '\n')
    rounds.push({ ...(await judgeOnce(step, main, judge)), node: startOfNode() })
  }
  const least = (name: keyof Times) => Math.min(...rounds.slice(1).map((round) => round[name]))
  return { step: least('step'), all: least('all'), node: least('node') }
}

async function judgeOnce(step: string, main: string, judge: Judge) {
  // `watch` looks at intervals, and again, to see that nobody writes any more.
  const begin = performance.now() - 1.5 * LOOK
  let own = 0
  const show = ({ steps }: Judgement) => {
    const properties = steps.find((one) => one.step === step)?.properties ?? []
    if (properties.every(({ holds }) => holds !== undefined)) own ||= performance.now() - begin
  }
  const judgement = await judge.judge({ main, step }, show)
  if (!judgement?.holds) throw new Error(`${step} doesn't hold: ${JSON.stringify(judgement)}`)
  return { step: own, all: performance.now() - begin }
}

function startOfNode(): number {
  const before = performance.now()
  spawnSync(process.execPath, ['-e', '0'], { env: {} })
  return performance.now() - before
}
