// A difference as an instructor shows it.
import chalk from 'chalk'
import { type Change, type Line, rows } from './change'
import { inLines, type Theme, theme } from './colours'

type Options = {
  columns: number
  side?: boolean
  unified?: boolean
  light?: boolean
}
/** A line in as many lines as it needs at this width. */
type Paint = (line: Line, width: number) => string[]

const numbers = 5
const wide = 160

export async function show(changes: Change[], options: Options): Promise<string[]> {
  const colours = await theme(options.light || undefined)
  const side = options.side || (options.columns >= wide && !options.unified)
  const layout = side ? beside : below
  return changes.flatMap((change) => [
    '',
    `${chalk.bold(change.file)}  ${chalk.green(`+${change.added}`)} ${chalk.red(`-${change.removed}`)}`,
    ...change.hunks.flatMap((lines, index) => [
      ...(index > 0 ? [chalk.dim('   ⋮')] : []),
      ...layout(lines, painter(change, colours), options.columns),
    ]),
  ])
}

function painter(change: Change, colours: Theme): Paint {
  const [before, after] = [colours.tokens(change.oldText), colours.tokens(change.newText)]
  const tokens = (line: Line) =>
    line.new !== undefined ? after[line.new - 1] : before[(line.old ?? 0) - 1]
  return (line, width) => inLines(colours.pieces(line, tokens(line)), width)
}

const sign = (kind: Line['kind']) =>
  kind === '-' ? chalk.red('-') : kind === '+' ? chalk.green('+') : ' '

/** One below the other. A line has its number in the new file, or, if it's removed, in the old. */
function below(lines: Line[], paint: Paint, columns: number): string[] {
  return lines.flatMap((line) =>
    cell(line, paint, columns - numbers - 2, line.new ?? line.old).map((text) => text.trimEnd()),
  )
}

/** The old file on the left, the new one on the right. */
function beside(lines: Line[], paint: Paint, columns: number): string[] {
  const width = Math.floor((columns - 3) / 2) - numbers - 2
  return rows(lines).flatMap(([left, right]) => {
    const [a, b] = [cell(left, paint, width, left?.old), cell(right, paint, width, right?.new)]
    const blank = ' '.repeat(width + numbers + 2)
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
      `${a[i] ?? blank} ${chalk.dim('│')} ${b[i] ?? ''}`.trimEnd(),
    )
  })
}

function cell(line: Line | undefined, paint: Paint, width: number, at?: number): string[] {
  if (!line) return []
  return paint(line, width).map(
    (text, index) => `${number(index === 0 ? at : undefined)}${sign(line.kind)} ${text}`,
  )
}

const number = (value?: number) => `${chalk.dim(String(value ?? '').padStart(numbers - 1))} `
