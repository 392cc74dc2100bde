// The difference of two sets of files as data: hunks of lines, and the words that changed in them.
import { join } from 'node:path'
import {
  diffWordsWithSpace,
  type StructuredPatch,
  type StructuredPatchHunk,
  structuredPatch,
} from 'diff'
import type { Files } from '../learner'

/** A part of a line, and whether the other side's line lacks it. */
export type Span = { text: string; changed: boolean }
export type Line = {
  kind: ' ' | '-' | '+'
  text: string
  old?: number
  new?: number
  spans?: Span[]
}
export type Change = {
  file: string
  oldText: string
  newText: string
  patch: StructuredPatch
  /** The lines of each hunk. */
  hunks: Line[][]
  added: number
  removed: number
}

/** A set of files, and the folder they are said to be in. */
export type Side = { files: Files; folder: string }

export function changes(from: Side, to: Side): Change[] {
  const names = [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])]
  // main.ts is what the lesson is about.
  names.sort((a, b) => Number(b === 'main.ts') - Number(a === 'main.ts') || a.localeCompare(b))
  return names
    .filter((name) => from.files[name] !== to.files[name])
    .map((name) => change(name, from, to))
}

function change(file: string, from: Side, to: Side): Change {
  const [oldText, newText] = [from.files[file] ?? '', to.files[file] ?? '']
  const oldName = file in from.files ? join(from.folder, file) : '/dev/null'
  const newName = file in to.files ? join(to.folder, file) : '/dev/null'
  const patch = structuredPatch(oldName, newName, oldText, newText, '', '', { context: 3 })
  const hunks = patch.hunks.map(numbered)
  const count = (kind: string) => hunks.flat().filter((line) => line.kind === kind).length
  return { file, oldText, newText, patch, hunks, added: count('+'), removed: count('-') }
}

/** Numbers the lines; a note such as `\\ No newline at end of file` is no line. */
function numbered({ oldStart, newStart, lines }: StructuredPatchHunk): Line[] {
  let [before, after] = [oldStart, newStart]
  const found = lines
    .filter((raw) => raw[0] !== '\\')
    .map((raw): Line => {
      const [kind, text] = [raw[0] as Line['kind'], raw.slice(1)]
      return {
        kind,
        text,
        ...(kind !== '+' && { old: before++ }),
        ...(kind !== '-' && { new: after++ }),
      }
    })
  for (const [before, after] of rows(found))
    if (before && after && before !== after) compare(before, after)
  return found
}

/** Pairs removed lines with the added ones after them, and unchanged lines with themselves. */
export function rows(lines: Line[]): [Line | undefined, Line | undefined][] {
  const found: [Line | undefined, Line | undefined][] = []
  let removed: Line[] = []
  let added: Line[] = []
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      found.push([removed[i], added[i]])
    removed = []
    added = []
  }
  for (const line of lines) {
    if (line.kind === '-') removed.push(line)
    else if (line.kind === '+') added.push(line)
    else {
      flush()
      found.push([line, line])
    }
  }
  flush()
  return found
}

/** Finds the words that differ in a line that was changed, not added or removed. */
function compare(before: Line, after: Line): void {
  const parts = diffWordsWithSpace(before.text, after.text)
  const common = parts.filter(({ added, removed }) => !added && !removed).map(({ value }) => value)
  // Two lines with little in common aren't one line that was changed.
  if (common.join('').trim().length < Math.max(before.text.length, after.text.length) / 3) return
  before.spans = parts
    .filter(({ added }) => !added)
    .map(({ value, removed }) => ({ text: value, changed: removed }))
  after.spans = parts
    .filter(({ removed }) => !removed)
    .map(({ value, added }) => ({ text: value, changed: added }))
}
