// A judgement as text.
import chalk from 'chalk'
import { goal } from '../setup/steps.mjs'
import { allHold, allOf, type Failure, type Judgement, type Trouble, troubles } from './judgement'
import { cut, labelled, wrap } from './text'

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
    ...typeErrors(judgement, options.width).flatMap((lines) => ['', ...lines]),
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
  return steps.map(({ step, kept, properties }) => {
    const held = properties.filter(({ holds }) => holds).length
    return `  ${mark(allHold(properties))} ${step.padEnd(room)}  ${held} of ${properties.length}${kept ? ', as before: nothing has changed' : ''}`
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
    ...titles(names, width),
    ...(failure.error ? [] : lines('expected', failure.expected)),
    ...(failure.error ? lines('error', failure.error.message) : short(lines('seen', failure.seen))),
    ...(failure.error?.places ?? []).flatMap((place, index) => lines(index ? '' : 'at', place)),
    ...(isNews(failure) ? lines('evidence', `${failure.evidence}`) : []),
    ...lines('usually', failure.usually).map((line) => chalk.yellow(line)),
    ...failure.hints
      .slice(0, level)
      .flatMap((hint, index) => lines(`hint ${index + 1}/${failure.hints.length}`, hint))
      .map((line) => chalk.cyan(line)),
  ]
}

/** What was seen can be long, and its beginning says most. */
const short = (lines: string[]) =>
  lines.length > 8
    ? [...lines.slice(0, 7), `${' '.repeat(12)}… and ${lines.length - 7} more lines`]
    : lines

/** At most three claims that have the same trouble: the trouble is what's to read. */
function titles(names: string[], width: number): string[] {
  const shown = names.length > 3 ? names.slice(0, 2) : names
  const more = names.length - shown.length
  return [
    ...shown.flatMap((name) =>
      wrap(name, width - 2).map(
        (line, i) => `${i === 0 ? `${mark(false)} ` : '  '}${chalk.bold(line)}`,
      ),
    ),
    ...(more ? [`${mark(false)} ${chalk.bold(`and ${more} more claims`)}`] : []),
  ]
}

/** Whether the evidence says more than the program's own error. */
const isNews = ({ evidence, error }: Failure) =>
  evidence !== undefined && !(error && evidence.startsWith(error.message.slice(0, 40)))

/** What the type checker says, at most three of it: most mistakes bring others. */
export function typeErrors({ findings = [] }: Judgement, width: number): string[][] {
  return findings
    .slice(0, 3)
    .map(({ file, line, message, code }) => [
      ...labelled(chalk.yellow('types'.padEnd(7)), `${file}:${line}  ${message}`, width, 7),
      ...code.map((line) => chalk.dim(cut(`       ${line}`, width))),
    ])
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
  const reasons = new Map<string, string[]>()
  for (const { name, unjudged } of allOf(judgement))
    if (unjudged) reasons.set(unjudged, [...(reasons.get(unjudged) ?? []), name])
  return [...reasons].flatMap(([reason, names]) => {
    const what = names.length === 1 ? names[0] : `${names.length} claims`
    return ['', ...labelled('  not judged', `${what}: ${reason}`, width, 14)]
  })
}
