// `check`: judges my-container/main.ts once and explains.
import { relative } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { root } from '../setup/project.mjs'
import { findStep, steps } from '../setup/steps.mjs'
import { say } from '../setup/terminal.mjs'
import { Judge, UNJUDGED } from './client'
import { load, main, moveTo, needsBegin, save } from './learner'
import { report } from './report'
import { allHold, allOf, type Judgement, progressOf } from './judgement'

type Options = {
  only?: boolean
  again?: boolean
  json?: boolean
  hints?: boolean
  all?: boolean
}

export async function check(wanted: string | undefined, options: Options): Promise<void> {
  needsBegin()
  const step = wanted === undefined ? load().step : findStep(wanted)
  const judgement = await judgeOnce(step, options)
  if (judgement === undefined) {
    process.exitCode = 130
    return
  }
  remember(judgement)
  moveTo(step)
  process.exitCode = judgement.holds ? 0 : judgement.holds === undefined ? UNJUDGED : 1
  if (options.json) console.log(JSON.stringify(judgement, null, 2))
  else console.log([...reportOf(judgement, options), ''].join('\n'))
}

async function judgeOnce(step: string, options: Options): Promise<Judgement | undefined> {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => abort.abort())
  const judge = await Judge.start().catch(async (error) => {
    // Ctrl-C at the password prompt ends sudo too, and Node may tell of that end first.
    await after(100)
    if (abort.signal.aborted) return undefined
    throw error
  })
  if (!judge) return undefined
  const line = statusLine()
  try {
    const { only, again } = options
    const passed = again ? {} : load().passed
    const asked = { main: relative(root, main), step, only, passed }
    return await judge.judge(asked, line.show, abort.signal)
  } finally {
    line.clear()
    await judge.close()
  }
}

/** Remembers which steps hold, and how often each claim has failed: each earns one more hint. */
export function remember(judgement: Judgement): void {
  const progress = load()
  for (const { step, name, holds } of allOf(judgement)) {
    const key = `${step}: ${name}`
    if (holds === false) progress.tries[key] = (progress.tries[key] ?? 0) + 1
    if (holds === true) delete progress.tries[key]
  }
  for (const { step, key, properties } of judgement.steps)
    if (key && allHold(properties)) progress.passed[step] = key
    else delete progress.passed[step]
  save(progress)
}

function reportOf(judgement: Judgement, options: Options): string[] {
  const { tries } = load()
  const level = (step: string, name: string) =>
    options.hints ? 9 : (tries[`${step}: ${name}`] ?? 1)
  const lines = report(judgement, {
    width: Math.min(process.stdout.columns || 80, 100),
    hints: ({ step, names }) => level(step, names[0] as string),
    most: options.all ? undefined : 3,
  })
  return [...lines, ...whatNext(judgement)]
}

function whatNext({ holds, step }: Judgement): string[] {
  const number = Number.parseInt(step, 10)
  const next = steps()[steps().indexOf(step) + 1]
  if (holds === undefined) return ['', `Not everything could be judged: run this again.`]
  if (!holds)
    return ['', `Each try adds a hint; for all of them: npm run check -- ${number} --hints`]
  if (next) return [`Next is ${next}: write it, then npm run check -- ${number + 1}`]
  return ['That was the last step: this container is your own work.']
}

/** How far it has got, on a line that goes away; without a terminal, one line and no more. */
function statusLine() {
  const tty = process.stderr.isTTY && process.env.TERM !== 'dumb'
  if (!process.stderr.isTTY) say('… judging')
  return {
    show(judgement: Judgement) {
      if (tty) process.stderr.write(`\r\x1b[Kjudging: ${progressOf(judgement)}`)
    },
    clear() {
      if (tty) process.stderr.write('\r\x1b[K')
    },
  }
}
