// A difference as patch(1) reads it, and as `git diff --stat` counts it.
import chalk from 'chalk'
import { FILE_HEADERS_ONLY, formatPatch } from 'diff'
import type { Change } from './change'

// Only the last newline goes: an empty line of context is a space, and part of its hunk.
export const patch = (changes: Change[]): string[] =>
  changes.map((change) => formatPatch(change.patch, FILE_HEADERS_ONLY).replace(/\n$/, ''))

export function stat(changes: Change[]): string[] {
  const room = Math.max(...changes.map(({ file }) => file.length))
  const most = Math.max(...changes.map(({ added, removed }) => added + removed))
  const scale = Math.min(1, 40 / most)
  const bar = (count: number, sign: string) =>
    sign.repeat(count && Math.max(1, Math.round(count * scale)))
  const sum = (kind: 'added' | 'removed') =>
    changes.reduce((total, change) => total + change[kind], 0)
  return [
    ...changes.map(({ file, added, removed }) => {
      const counts = `+${added}`.padStart(5) + `-${removed}`.padStart(5)
      return `${file.padEnd(room)} ${counts}  ${chalk.green(bar(added, '+'))}${chalk.red(bar(removed, '-'))}`
    }),
    `${'in all'.padEnd(room)} ${`+${sum('added')}`.padStart(5)}${`-${sum('removed')}`.padStart(5)}`,
  ]
}
