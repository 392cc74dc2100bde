// A judgement as text.
import chalk from 'chalk'
import { goal } from '../setup/steps.mjs'
import { allHold, allOf, type Judgement, type Trouble, troubles } from './judgement'
import { labelled, wrap } from './text'

type Options = {
  width: number
  /** How many hints a trouble gets. */
  hints: (trouble: Trouble) => number
  /** How many troubles are explained in full. */
  most?: number
}

export function report(judgement: Judgement, options: Options): string[] {
  const { program, step, holds } = judgement
  const found = troubles(judgement)
  const shown = found.slice(0, options.most ?? found.length)
  const more = found.slice(shown.length)
  return [
    ...wrap(`${program} as ${step}: ${goal(step)}`, options.width).map((line) => chalk.bold(line)),
    '',
    ...table(judgement),
    ...shown.flatMap((trouble) => ['', ...explanation(trouble, options)]),
    ...(more.length ? ['', ...rest(more, options.width)] : []),
    ...unjudged(judgement, options.width),
    ...(holds ? ['', chalk.green(`All of ${step} holds.`)] : []),
  ]
}

/** A line for each step. */
function table({ steps, start }: Judgement): string[] {
  if (start?.holds === false) return [`  ${mark(false)} ${start.name}`]
  const room = Math.max(...steps.map(({ step }) => step.length))
  return steps.map(({ step, properties }) => {
    const held = properties.filter(({ holds }) => holds).length
    return `  ${mark(allHold(properties))} ${step.padEnd(room)}  ${held} of ${properties.length}`
  })
}

/** Signs as well as colours, for those who see no colours. */
export const mark = (holds?: boolean) =>
  holds === undefined ? chalk.dim('·') : holds ? chalk.green('✔') : chalk.red('✖')

/** What was expected, what was seen, and what to do about it. */
export function explanation(trouble: Trouble, { width, hints }: Options): string[] {
  const { names, failure } = trouble
  const level = Math.min(hints(trouble), failure.hints.length)
  const lines = (label: string, text: string) => labelled(`  ${label}`, text, width)
  return [
    ...names.flatMap((name) =>
      wrap(name, width - 2).map(
        (line, i) => `${i === 0 ? `${mark(false)} ` : '  '}${chalk.bold(line)}`,
      ),
    ),
    ...lines('expected', failure.expected),
    ...lines('seen', failure.seen),
    ...(failure.evidence ? lines('evidence', failure.evidence) : []),
    ...lines('usually', failure.usually).map((line) => chalk.yellow(line)),
    ...failure.hints
      .slice(0, level)
      .flatMap((hint, index) => lines(`hint ${index + 1}/${failure.hints.length}`, hint))
      .map((line) => chalk.cyan(line)),
  ]
}

function rest(more: Trouble[], width: number): string[] {
  const names = more.flatMap(({ names }) => names)
  const claims = names.length === 1 ? "1 more claim doesn't" : `${names.length} more claims don't`
  const title = `${claims} hold, perhaps for the same reasons (--all explains each):`
  return [
    ...wrap(title, width),
    ...names.flatMap((name) => labelled(`  ${mark(false)} `, name, width, 4)),
  ]
}

/** What says nothing about the program: the judge met trouble, or a hang. */
export function unjudged(judgement: Judgement, width: number): string[] {
  return allOf(judgement).flatMap(({ name, unjudged }) =>
    unjudged ? ['', ...labelled('  not judged', `${name}: ${unjudged}`, width, 14)] : [],
  )
}
