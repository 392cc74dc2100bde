// What `watch` shows, as lines for a terminal of a given size.
import chalk from 'chalk'
import { goal, partOf, steps } from '../../setup/steps.mjs'
import { explanation, mark, typeErrors, unjudged } from '../report'
import { allHold, type Judgement, progressOf, type Trouble, troubles } from '../judgement'
import { cut, labelled, wrap } from '../text'
import type { Page } from './pages'
import { passed } from './passed'

export type State = {
  step: string
  judgement?: Judgement
  /** Seconds that the last judgement took; undefined while one is under way. */
  took?: number
  /** The judgement is of what was there before: nothing is known yet about what was saved. */
  isOld?: boolean
  /** Seconds until the verdict on the step itself. */
  tookStep?: number
  /** What was just done, or why it wasn't. */
  message?: string
  /** How many hints have been asked for, by cause. */
  hints: Record<string, number>
  /** A text in front of everything else: the diff, the reference, the help. */
  page?: Page
  /** How many lines are scrolled away above. */
  scroll: number
}

type Size = { columns: number; rows: number }

export const keys = 'h hint  d diff  s reference  e edit  n next  l list  t quiz  q quit  ? help'

export const help = [
  'my-container/ is judged again whenever you save a file in it.',
  '',
  'h  one more hint about what is explained',
  "d  the difference between yours and the step's reference",
  "s  the step's reference",
  'e  open the line in $EDITOR, or in VS Code',
  'a  judge again, all of it, without a change',
  'n  go to the next step; p  to the one before; your program stays',
  'l  the steps, what of each holds, and to go to one',
  "t  a question from the step's chapter, then its answer",
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
  const foot = state.page ? footOf(state.page) : keys
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

function footOf({ choice, next }: Page): string {
  if (choice) return 'arrows: choose   Enter: go there   any other key: back'
  return `arrows, space, b: scroll   ${next ? `t: ${next.name}   ` : ''}any other key: back`
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

function status({ judgement, took, tookStep, isOld }: State): string {
  const kept = judgement?.steps.filter((one) => one.kept).length
  const before = kept ? `, ${kept} ${kept === 1 ? 'step' : 'steps'} as before` : ''
  if (took !== undefined) return `judged in ${took.toFixed(1)} s${before}`
  const step = tookStep === undefined ? 'saved: ' : `the step in ${tookStep.toFixed(1)} s; `
  return `${step}judging ${judgement && !isOld ? progressOf(judgement) : ''}`
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
    .join(' ')
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
    ...success(state, columns),
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

/** Once the step holds: why it works, what to look at, and in the end what you have made. */
function success({ judgement, step }: State, columns: number): string[] {
  const own = judgement?.steps.find((one) => one.step === step)?.properties ?? []
  if (!judgement || !allHold(own) || judgement.holds === false) return []
  const { why = '', look = '' } = passed[step] ?? {}
  const words = [...labelled('why', why, columns, 6), ...labelled('look', look, columns, 6)]
  if (!judgement.holds)
    return [...green(`${step} holds; the steps before it are being judged.`, columns), ...words, '']
  return [...green(praise(step), columns), ...words, '', ...ending(step, columns)]
}

const green = (text: string, columns: number) =>
  wrap(text, columns).map((line) => chalk.green(line))

const nextOf = (step: string) => steps()[steps().indexOf(step) + 1]

/** Each part ends with a step: the container, and the wall around it. */
const endsPart = (step: string) => {
  const next = nextOf(step)
  return next === undefined || partOf(next) !== partOf(step)
}

function praise(step: string): string {
  const next = nextOf(step)
  return next
    ? `All of ${step} holds. Press n for ${next}: ${goal(next)}.`
    : `All of ${step} holds, and it's the last step: this container is your own work.`
}

/** What the container has by now, from the bottom up. */
function ending(step: string, columns: number): string[] {
  if (!endsPart(step)) return []
  const made = steps().filter((one) => one <= step && partOf(one) === partOf(step))
  const title = partOf(step) === 1 ? 'You have written a container:' : 'And the wall around it:'
  const width = Math.min(columns, 72)
  const line = (text: string) => `│ ${cut(text, width - 4).padEnd(width - 4)} │`
  return [
    chalk.bold(title),
    `┌${'─'.repeat(width - 2)}┐`,
    ...made.map((one) => line(`${one.slice(0, 2)}  ${goal(one)}`)),
    `└${'─'.repeat(width - 2)}┘`,
    ...wrap('Run it: npm run step -- my-container/main.ts /bin/sh', columns),
    '',
  ]
}
