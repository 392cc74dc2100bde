// Tries one thing after the other, and shows in the end how each went.
import { Problem, say, style, task } from '../setup/terminal.mjs'
import type { Detail } from './run'

/** Why something can't be tested here: no verdict. */
export class LeftOut extends Problem {}

/** An attempt resolves to what it saw, or throws what was wrong. A failed one fails the command. */
export async function attemptAll(
  names: string[],
  attempt: (name: string, detail: Detail) => Promise<string>,
): Promise<void> {
  const rows: string[][] = []
  for (const name of names) {
    const begin = Date.now()
    const [word, note] = await outcome(name, attempt)
    rows.push([name, word, `${Math.round((Date.now() - begin) / 1000)} s`, note])
  }
  console.log(table(rows))
  if (rows.some(([, word]) => word === 'failed')) process.exitCode = 1
}

async function outcome(name: string, attempt: Parameters<typeof attemptAll>[1]) {
  try {
    return ['passed', await task(name, (detail: Detail) => attempt(name, detail))]
  } catch (error) {
    const { message, status } = error as Problem
    if (error instanceof LeftOut) return ['left out', message]
    if (status > 128) throw error // interrupted
    say(style('red', message))
    return ['failed', message.split('\n')[0]]
  }
}

function table(rows: string[][]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column].length))
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(width(i))).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
