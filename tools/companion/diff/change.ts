// The difference of two sets of files as data: hunks of lines, and in lines that were changed the words.
import { join } from 'node:path'
import { diffWordsWithSpace, structuredPatch } from 'diff'
import type { Files } from '../learner'

/** A part of a line that is in the other one as well, or not. */
export type Span = { text: string; changed: boolean }
export type Line = {
  kind: ' ' | '-' | '+' | '\\'
  text: string
  old?: number
  new?: number
  spans?: Span[]
}
export type Hunk = { header: string; lines: Line[] }
export type Change = {
  file: string
  oldName: string
  newName: string
  oldText: string
  newText: string
  hunks: Hunk[]
  added: number
  removed: number
}

/** A set of files, and where they are said to be. */
export type Side = { files: Files; folder: string }

export function changes(from: Side, to: Side, context: number): Change[] {
  const names = [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])]
  // main.ts is what the lesson is about.
  names.sort((a, b) => Number(b === 'main.ts') - Number(a === 'main.ts') || a.localeCompare(b))
  return names
    .filter((name) => from.files[name] !== to.files[name])
    .map((name) => change(name, from, to, context))
}

function change(file: string, from: Side, to: Side, context: number): Change {
  const [oldText, newText] = [from.files[file] ?? '', to.files[file] ?? '']
  const { hunks } = structuredPatch(file, file, oldText, newText, '', '', { context })
  const all = hunks.map(toHunk)
  const count = (kind: string) =>
    all.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length
  return {
    file,
    oldName: file in from.files ? join(from.folder, file) : '/dev/null',
    newName: file in to.files ? join(to.folder, file) : '/dev/null',
    oldText,
    newText,
    hunks: all,
    added: count('+'),
    removed: count('-'),
  }
}

type RawHunk = {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
}

function toHunk({ oldStart, oldLines, newStart, newLines, lines }: RawHunk): Hunk {
  let [before, after] = [oldStart, newStart]
  const numbered = lines.map((raw): Line => {
    const [kind, text] = [raw[0] as Line['kind'], raw.slice(1)]
    return {
      kind,
      text,
      ...((kind === ' ' || kind === '-') && { old: before++ }),
      ...((kind === ' ' || kind === '+') && { new: after++ }),
    }
  })
  pairs(numbered)
  return {
    header: `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    lines: numbered,
  }
}

// Of no lines, a patch names the line before them.
const range = (start: number, count: number) => `${count === 0 ? start - 1 : start},${count}`

/** Finds the words that differ in lines that were changed rather than added or removed. */
function pairs(lines: Line[]): void {
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.kind !== '-') continue
    const removed = run(lines, at, '-')
    const added = run(lines, at + removed.length, '+')
    removed.forEach((line, index) => {
      if (added[index]) compare(line, added[index])
    })
    at += removed.length + added.length - 1
  }
}

function run(lines: Line[], from: number, kind: string): Line[] {
  const end = lines.findIndex((line, index) => index >= from && line.kind !== kind)
  return lines.slice(from, end < 0 ? lines.length : end)
}

function compare(before: Line, after: Line): void {
  const parts = diffWordsWithSpace(before.text, after.text)
  const common = parts.filter(({ added, removed }) => !added && !removed).map(({ value }) => value)
  // Lines with little in common are two lines, not one that was changed.
  if (common.join('').trim().length < Math.max(before.text.length, after.text.length) / 3) return
  before.spans = parts
    .filter(({ added }) => !added)
    .map(({ value, removed }) => ({ text: value, changed: removed }))
  after.spans = parts
    .filter(({ removed }) => !removed)
    .map(({ value, added }) => ({ text: value, changed: added }))
}
