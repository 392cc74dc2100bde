// Fills in what the guide takes from elsewhere: code and diffs of the steps, times, tables, links.
import { readFileSync } from 'node:fs'
import { structuredPatch } from 'diff'
import { at } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'
import { type Chapter, chapters, headings } from './chapters'
import { definitions } from './man-pages'
import { minutes } from './minutes'
import { probesTable } from './probes'

/**
 * Fills the fenced block below each of these markers, which readers don't see:
 *
 *     <!-- code: steps/07-cgroups/cgroup.ts from="…" to="…" -->   from the first line that contains
 *                                            a text to the next one that starts with another
 *     <!-- diff: 03-pid 04-mount -->         of the main.ts of two steps
 *     <!-- diff: 09-nat 10-ipc dev.ts -->    of another file of theirs
 *
 * and what stands between `<!-- table: probes -->`, `<!-- table: chapters -->` or
 * `<!-- links: man pages -->` and `<!-- /table -->`, `<!-- /links -->`. A chapter's `**Time:**` is
 * counted in its text.
 *
 * @throws Problem naming file and line, if a marker leads nowhere or there is none
 */
export function generate(markdown: string, file: string): string {
  if (markdown.includes('\r'))
    throw new Problem(
      `${file} has Windows line endings (CRLF), so there is nothing to find in it. Check it out ` +
        'again with: git config core.autocrlf false',
    )
  const fenced = markdown.replace(FENCED, (_, marker, kind, words, fence, __, offset) => {
    const line = markdown.slice(0, offset).split('\n').length
    return [marker, ...block(kind, words, fence, `${file}:${line}`)].join('\n')
  })
  const timed = withTimes(fenced, file)
  return timed.replace(SECTION, (_, kind, name) => {
    const made = section(`${kind}: ${name}`, timed, file)
    return `<!-- ${kind}: ${name} -->\n\n${made}\n\n<!-- /${kind} -->`
  })
}

const FENCED = /^(<!-- (code|diff): (.*?) -->)\n\n(`{3,})\S*\n([\s\S]*?)^\4$/gm
const SECTION = /^<!-- (table|links): (.*?) -->\n[\s\S]*?^<!-- \/\1 -->$/gm

/** How many parts of a text come from elsewhere. */
export const countGenerated = (markdown: string) =>
  [FENCED, SECTION].reduce((sum, kind) => sum + [...markdown.matchAll(kind)].length, 0)

/** The first line that differs from where it comes from. */
export function generatedDrift(before: string, filled: string, file: string): string[] {
  const [old, now] = [before.split('\n'), filled.split('\n')]
  const line = now.findIndex((text, index) => text !== old[index])
  if (line < 0 && old.length === now.length) return []
  const index = line < 0 ? now.length : line
  const [expected, got] = [old[index], now[index]].map((text) => text ?? '(no more lines)')
  return [`${file}:${index + 1}:\n  expected: ${expected}\n       got: ${got}`]
}

function block(kind: string, words: string, fence: string, where: string): string[] {
  try {
    const [language, lines] =
      kind === 'code' ? [languageOf(words), excerpt(words)] : ['diff', diff(words)]
    return ['', fence + language, ...lines, fence]
  } catch (error) {
    throw new Problem(`${where}: ${kind}: ${words}: ${(error as Error).message}`)
  }
}

const languageOf = (words: string) => /\.(\w+)( |$)/.exec(words)?.[1] ?? 'text'

function excerpt(words: string): string[] {
  const [, path, from = '', to] = /^(\S+)(?: from="(.*?)")?(?: to="(.*?)")?$/.exec(words) ?? []
  const lines = readFileSync(at(path), 'utf8').trimEnd().split('\n')
  const first = lines.findIndex((line) => line.includes(from))
  if (first < 0) throw new Problem(`no line has ${from}`)
  if (to === undefined) return lines.slice(first)
  const last = lines.findIndex((line, index) => index >= first && line.startsWith(to))
  if (last < 0) throw new Problem(`no line from there on starts with ${to}`)
  return lines.slice(first, last + 1)
}

// Of two steps, or of any two files.
function diff(words: string): string[] {
  const [first, second, file = 'main.ts'] = words.split(' ')
  if (second === undefined) throw new Problem('it takes two steps')
  const [before, after] = [first, second].map((name) =>
    readFileSync(name.includes('/') ? at(name) : at('steps', name, file), 'utf8'),
  )
  return structuredPatch('', '', before, after, '', '', { context: 2 }).hunks.flatMap(
    ({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines.map((line) => line.trimEnd()),
    ],
  )
}

function withTimes(markdown: string, file: string): string {
  const lines = markdown.split('\n')
  for (const { text, line, end } of chapters(markdown, file)) {
    const index = lines.findIndex((text, at) => at >= line && /^\*\*Time:\*\* /.test(text))
    if (index < 0 || index >= end - 1) continue
    const { walk, short } = minutes(text)
    lines[index] = `**Time:** ${walk} minutes, short path ${short}.`
  }
  return lines.join('\n')
}

function section(name: string, markdown: string, file: string): string {
  if (name === 'links: man pages') return definitions(markdown)
  if (name === 'table: chapters') return timetable(markdown, file)
  if (name === 'table: probes') return probesTable()
  throw new Problem(`${file}: nothing is known about <!-- ${name} -->`)
}

function timetable(markdown: string, file: string): string {
  const anchors = new Map(headings(markdown).map(({ line, slug }) => [line, slug]))
  const timed = chapters(markdown, file).filter(({ time }) => time)
  const rowsOf = (part: Chapter[]) => {
    const rows = part.map(({ title, line, time }) => [
      `[${title}](#${anchors.get(line)})`,
      `${time?.walk}`,
      `${time?.short}`,
    ])
    const sum = (path: 'walk' | 'short') =>
      part.reduce((total, { time }) => total + (time?.[path] ?? 0), 0)
    return [...rows, ['together', `**${sum('walk')}**`, `**${sum('short')}**`]]
  }
  const parts = [1, 2].map((part) => timed.filter((chapter) => chapter.part === part))
  return table(
    ['chapter', 'minutes', 'short path'],
    parts.filter(({ length }) => length > 0).flatMap(rowsOf),
  )
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
