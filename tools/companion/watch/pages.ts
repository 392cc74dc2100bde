// The pages that `watch` shows in front of a judgement.
import chalk from 'chalk'
import { goal, steps } from '../../setup/steps.mjs'
import { changes } from '../diff/change'
import { show } from '../diff/show'
import { type Judgement, allHold } from '../judgement'
import { mine, reference } from '../learner'
import { mark } from '../report'
import { cut, wrap } from '../text'
import { questionsOf } from './chapter'

export type Page = {
  title: string
  lines: string[]
  /** What the same key shows next, and how the foot calls it. */
  next?: { name: string; page: () => Page | undefined }
  /** The steps to choose from, and the one that is chosen. */
  choice?: { chosen: number }
}

export async function differencePage(step: string, columns: number): Promise<Page> {
  const folder = 'my-container'
  const found = changes({ files: mine(), folder }, { files: reference(step), folder })
  const lines = await show(found, { columns })
  const none = ['There is no difference.']
  return { title: `mine → ${step}`, lines: found.length ? lines.slice(1) : none }
}

export function referencePage(step: string, columns: number): Page {
  const long = (line: string) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']
  const lines = Object.entries(reference(step)).flatMap(([name, text]) => [
    `── ${name}`,
    ...text.trimEnd().split('\n').flatMap(long),
    '',
  ])
  return { title: `The reference of ${step}`, lines }
}

/** All steps, and what of each holds, as far as it's known. */
export function listPage(judgement: Judgement | undefined, chosen: number, columns: number): Page {
  const lines = steps().map((step, index) => {
    const properties = judgement?.steps.find((one) => one.step === step)?.properties ?? []
    const held = properties.filter(({ holds }) => holds).length
    const count = properties.length ? `${held}/${properties.length}` : ''
    const sign = properties.length ? mark(allHold(properties)) : ' '
    const text = cut(`${step.padEnd(16)} ${count.padStart(5)}  ${goal(step)}`, columns - 4)
    return `${index === chosen ? '>' : ' '} ${sign} ${index === chosen ? chalk.bold(text) : text}`
  })
  return { title: 'The steps: arrows choose, Enter goes there', lines, choice: { chosen } }
}

/** A question of the chapter; the same key shows the answer, then the next question. */
export function quizPage(step: string, columns: number, number = 0): Page | undefined {
  const all = questionsOf(step)
  const one = all[number]
  if (!one) return undefined
  const title = `Question ${number + 1} of ${all.length} about ${step}`
  const question = wrap(one.question, columns).map((line) => chalk.bold(line))
  const more = number + 1 < all.length
  const answered = (): Page => ({
    title,
    lines: [...question, '', ...wrap(one.answer, columns)],
    ...(more && { next: { name: 'next', page: () => quizPage(step, columns, number + 1) } }),
  })
  const lines = [...question, '', ...wrap('Think first. t shows an answer.', columns)]
  return { title, lines, next: { name: 'answer', page: answered } }
}
