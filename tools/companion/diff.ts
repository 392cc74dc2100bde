// `diff`: what changes between two steps, or between the learner's program and one.
import { join } from 'node:path'
import chalk from 'chalk'
import { at } from '../setup/project.mjs'
import { page } from '../setup/pager.mjs'
import { findStep, steps } from '../setup/steps.mjs'
import { Problem, say } from '../setup/terminal.mjs'
import { type Change, changes } from './diff/change'
import { patch, stat } from './diff/plain'
import { show } from './diff/show'
import { type Files, filesIn, mine, needsBegin, reference } from './learner'

type Options = {
  stat?: boolean
  side?: boolean
  unified?: boolean
  color: boolean
  light?: boolean
}

type Side = { title: string; files: Files; folder: string }

export async function diff(a: string, b: string | undefined, options: Options): Promise<void> {
  const [from, to] = sides(a, b)
  const found = changes(from, to)
  if (found.length === 0) say(`There is no difference between ${from.title} and ${to.title}.`)
  else await page((await text(found, from, to, options)).join('\n'))
}

async function text(found: Change[], from: Side, to: Side, options: Options): Promise<string[]> {
  // --no-color is stronger than FORCE_COLOR.
  if (!options.color) chalk.level = 0
  if (options.stat) return stat(found)
  if (chalk.level === 0 && !options.side) return patch(found)
  const columns = process.stdout.columns || 80
  const title = chalk.bold(`${from.title} → ${to.title}`)
  return [title, ...(await show(found, { columns, ...options }))]
}

/** The two sides; a step alone means what it adds to the previous one. */
function sides(a: string, b: string | undefined): [Side, Side] {
  if (a === 'mine' || b === 'mine') {
    needsBegin()
    const step = findStep((a === 'mine' ? b : a) ?? missing())
    const pair: [Side, Side] = [
      { title: 'mine', files: mine(), folder: 'my-container' },
      { title: step, files: reference(step), folder: 'my-container' },
    ]
    return a === 'mine' ? pair : [pair[1], pair[0]]
  }
  if (b !== undefined) return [ofStep(findStep(a)), ofStep(findStep(b))]
  const step = findStep(a)
  const before = steps()[steps().indexOf(step) - 1]
  return [
    before ? ofStep(before) : { title: 'nothing', files: {}, folder: '/dev/null' },
    ofStep(step),
  ]
}

const ofStep = (step: string): Side => ({
  title: step,
  files: filesIn(at('steps', step)),
  folder: join('steps', step),
})

function missing(): never {
  throw new Problem('Compare yours with which step? For instance: npm run diff -- mine 3', 2)
}
