// A difference as patch(1) reads it.
import type { Change } from './change'

export const patch = (changes: Change[]): string[] =>
  changes.flatMap(({ oldName, newName, hunks }) => [
    `--- ${oldName}`,
    `+++ ${newName}`,
    ...hunks.flatMap(({ header, lines }) => [
      header,
      ...lines.map(({ kind, text }) => kind + text),
    ]),
  ])
