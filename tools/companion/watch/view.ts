// What `watch` shows, as lines for a terminal of a given size.
import chalk from 'chalk'
import { goal, steps } from '../../setup/steps.mjs'
import { explanation, mark, typeErrors, unjudged } from '../report'
import { allHold, type Judgement, progressOf, type Trouble, troubles } from '../judgement'
import { cut, wrap } from '../text'

export type State = {
  step: string
  judgement?: Judgement
  /** Seconds that the last judgement took; undefined while one is under way. */
  took?: number
  /** What was just done, or why it wasn't. */
  message?: string
  /** How many hints have been asked for, by cause. */
  hints: Record<string, number>
  /** A text in front of everything else: the diff, the reference, the help. */
  page?: { title: string; lines: string[] }
  /** How many lines are scrolled away above. */
  scroll: number
}

type Size = { columns: number; rows: number }

export const keys = 'h hint  d diff  s reference  n next  r reset  q quit  ? help'

export const help = [
  'my-container/ is judged again whenever you save a file in it.',
  '',
  'h  one more hint about what is explained',
  "d  the difference between yours and the step's reference",
  "s  the step's reference",
  'n  go to the next step',
  "r  go back to the previous step's reference; yours is backed up",
  '   (npm run jump -- --list)',
  'q  quit; npm run watch continues from here, nothing is lost',
  '',
  'arrows, space, b  scroll',
  'any other key closes this page',
].join('\n')

/** The whole screen: head, a window of the body, and the keys below. */
export function view(state: State, { columns, rows }: Size): { lines: string[]; scroll: number } {
  const top = state.page ? [chalk.bold(cut(state.page.title, columns))] : head(state, columns)
  const foot = state.page ? 'arrows, space, b: scroll   any other key: back' : keys
  const all = state.page?.lines ?? body(state, columns)
  const room = Math.max(1, rows - top.length - 3)
  const scroll = Math.max(0, Math.min(state.scroll, all.length - room))
  const below = all.length - scroll - room
  const shown = all.slice(scroll, scroll + room)
  const filler = Array.from({ length: room - shown.length }, () => '')
  const more = below > 0 ? chalk.dim(cut(`… ${below} more lines: space`, columns)) : ''
  return {
    scroll,
    lines: [
      ...top,
      '',
      ...shown,
      ...filler,
      more,
      chalk.inverse(cut(` ${foot}`, columns).padEnd(columns)),
    ],
  }
}

function head(state: State, columns: number): string[] {
  const number = steps().indexOf(state.step) + 1
  const left = `Step ${number} of ${steps().length}: ${state.step}`
  const right = status(state)
  const gap = Math.max(1, columns - left.length - right.length)
  return [
    `${chalk.bold(cut(left, columns))}${chalk.dim(cut(' '.repeat(gap) + right, columns - left.length))}`,
    ...wrap(goal(state.step), columns),
    ...wrap(strip(state), columns).map((line) =>
      line.replaceAll('✔', mark(true)).replaceAll('✖', mark(false)),
    ),
    ...(state.message ? wrap(state.message, columns).map((line) => chalk.cyan(line)) : []),
  ]
}

function status({ judgement, took }: State): string {
  if (took !== undefined) return `judged in ${took.toFixed(1)} s`
  return `judging ${judgement ? progressOf(judgement) : ''}`
}

/** A sign for each step. */
function strip({ judgement }: State): string {
  const sign = (step: string) => {
    const found = judgement?.steps.find((one) => one.step === step)?.properties
    if (judgement?.start?.holds === false) return step === judgement.step ? '✖' : '·'
    const holds = found && allHold(found)
    return holds === undefined ? '·' : holds ? '✔' : '✖'
  }
  return steps()
    .map((step) => `${sign(step)} ${step.slice(0, 2)}`)
    .join('  ')
}

function body(state: State, columns: number): string[] {
  const { judgement, step } = state
  if (!judgement) return []
  const found = troubles(judgement)
  const own = judgement.steps.find((one) => one.step === step)?.properties ?? []
  const rest = own.filter(({ holds }) => holds !== false)
  const line = ({ name, holds }: { name: string; holds?: boolean }) =>
    `${mark(holds)} ${cut(name, columns - 2)}`
  return [
    ...(judgement.holds
      ? [...wrap(praise(step), columns).map((line) => chalk.green(line)), '']
      : []),
    ...typeErrors(judgement, columns).flatMap((lines) => [...lines, '']),
    ...(found[0] ? [...trouble(found[0], state, columns), ''] : []),
    ...found
      .slice(1)
      .flatMap(({ names, step }) =>
        names.map(
          (name) => `${mark(false)} ${chalk.dim(step.slice(0, 2))} ${cut(name, columns - 5)}`,
        ),
      ),
    ...(judgement.start?.holds === false ? [] : rest.map(line)),
    ...unjudged(judgement, columns),
  ]
}

function trouble(one: Trouble, { step, hints }: State, columns: number): string[] {
  const where = one.step === step ? [] : [chalk.dim(`${one.step}, an earlier step:`)]
  return [
    ...where,
    ...explanation(one, { width: columns, hints: ({ failure }) => hints[failure.cause] ?? 0 }),
  ]
}

function praise(step: string): string {
  const next = steps()[steps().indexOf(step) + 1]
  return next
    ? `All of ${step} holds. Press n for ${next}: ${goal(next)}.`
    : `All of ${step} holds, and it's the last step: this container is your own work.`
}
