// A difference as an instructor shows it.
import chalk from 'chalk'
import type { Change, Line } from './change'
import { inLines, type Theme, theme } from './colours'

type Options = {
  columns: number
  side?: boolean
  unified?: boolean
  light?: boolean
}
type Painted = { line: Line; paint: (width: number) => string[] }

const numbers = 5
const wide = 160

export async function show(changes: Change[], options: Options): Promise<string[]> {
  const colours = await theme(options.light || undefined)
  const side = options.side || (options.columns >= wide && !options.unified)
  const layout = side ? beside : below
  return changes.flatMap((change) => [
    '',
    `${chalk.bold(change.file)}  ${chalk.green(`+${change.added}`)} ${chalk.red(`-${change.removed}`)}`,
    ...painted(change, colours).flatMap((lines, index) => [
      ...(index > 0 ? [chalk.dim('   ⋮')] : []),
      ...layout(lines, options.columns),
    ]),
  ])
}

function painted(change: Change, colours: Theme): Painted[][] {
  const [before, after] = [colours.tokens(change.oldText), colours.tokens(change.newText)]
  const tokens = (line: Line) =>
    line.new !== undefined ? after[line.new - 1] : before[(line.old ?? 0) - 1]
  return change.hunks.map((lines) =>
    lines.map((line) => ({
      line,
      paint: (width: number) => inLines(colours.pieces(line, tokens(line)), width),
    })),
  )
}

const sign = (kind: Line['kind']) =>
  kind === '-' ? chalk.red('-') : kind === '+' ? chalk.green('+') : ' '

/** One below the other. A line has its number in the new file, or, if it's removed, in the old. */
function below(lines: Painted[], columns: number): string[] {
  return lines.flatMap(({ line, paint }) =>
    paint(columns - numbers - 2).map((text, index) =>
      `${number(index === 0 ? (line.new ?? line.old) : undefined)}${sign(line.kind)} ${text}`.trimEnd(),
    ),
  )
}

/** The old file on the left, the new one on the right. */
function beside(lines: Painted[], columns: number): string[] {
  const width = Math.floor((columns - 3) / 2) - numbers - 2
  return rows(lines).flatMap(([left, right]) => {
    const [a, b] = [cell(left, width, left?.line.old), cell(right, width, right?.line.new)]
    const blank = ' '.repeat(width + numbers + 2)
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
      `${a[i] ?? blank} ${chalk.dim('│')} ${b[i] ?? ''}`.trimEnd(),
    )
  })
}

function cell(painted: Painted | undefined, width: number, at?: number): string[] {
  if (!painted) return []
  return painted
    .paint(width)
    .map(
      (text, index) => `${number(index === 0 ? at : undefined)}${sign(painted.line.kind)} ${text}`,
    )
}

/** Pairs removed lines with added ones, and unchanged lines with themselves. */
function rows(lines: Painted[]): [Painted | undefined, Painted | undefined][] {
  const found: [Painted | undefined, Painted | undefined][] = []
  let removed: Painted[] = []
  let added: Painted[] = []
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      found.push([removed[i], added[i]])
    removed = []
    added = []
  }
  for (const one of lines) {
    if (one.line.kind === '-') removed.push(one)
    else if (one.line.kind === '+') added.push(one)
    else {
      flush()
      found.push([one, one])
    }
  }
  flush()
  return found
}

const number = (value?: number) => `${chalk.dim(String(value ?? '').padStart(numbers - 1))} `
