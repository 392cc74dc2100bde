// What the guide takes from elsewhere, by markers that do not show: code and diffs of the steps, tables, links.
import { existsSync, readFileSync } from 'node:fs'
import { structuredPatch } from 'diff'
import { at } from '../setup/project.mjs'
import { chapters } from './chapters'
import { definitions } from './man-pages'
import { probesTable } from './probes'
import { slugs } from './slugs'

/**
 * Fills
 *
 *     <!-- code: steps/07-cgroups/cgroup.ts from="…" to="…" -->   the lines from one that contains a text to one that starts with one
 *     <!-- diff: 03-pid 04-mount -->                              of the main.ts of two steps
 *
 * into the fenced block below each, and what stands between `<!-- table: probes -->`, `<!-- table: chapters -->` or
 * `<!-- links: man pages -->` and `<!-- /table -->`, `<!-- /links -->`.
 *
 * @throws Error naming file and line, for a marker that leads nowhere
 */
export async function generate(markdown: string, file: string): Promise<string> {
  const fenced = markdown.replace(FENCED, (_, marker, kind, words, fence, __, offset) => {
    const line = markdown.slice(0, offset).split('\n').length
    return [marker, ...block(kind, words, fence, `${file}:${line}`)].join('\n')
  })
  const parts = new Map<string, string>()
  for (const [, kind, name] of fenced.matchAll(SECTION))
    parts.set(`${kind} ${name}`, await section(kind, name, fenced, file))
  return fenced.replace(
    SECTION,
    (_, kind, name) =>
      `<!-- ${kind}: ${name} -->\n\n${parts.get(`${kind} ${name}`)}\n\n<!-- /${kind} -->`,
  )
}

const FENCED = /^(<!-- (code|diff): (.*?) -->)\n\n(`{3,})\S*\n([\s\S]*?)^\4$/gm
const SECTION = /^<!-- (table|links): (.*?) -->\n[\s\S]*?^<!-- \/\1 -->$/gm

function block(kind: string, words: string, fence: string, where: string): string[] {
  try {
    const [language, lines] =
      kind === 'code' ? [languageOf(words), excerpt(words)] : ['diff', diff(words)]
    return ['', fence + language, ...lines, fence]
  } catch (error) {
    throw new Error(`${where}: ${kind}: ${words}: ${(error as Error).message}`)
  }
}

const languageOf = (words: string) => /\.(\w+)( |$)/.exec(words)?.[1] ?? 'text'

function excerpt(words: string): string[] {
  const [, path, from, to] = /^(\S+)(?: from="(.*?)")?(?: to="(.*?)")?$/.exec(words) ?? []
  const lines = source(path)
  const first = from === undefined ? 0 : lines.findIndex((line) => line.includes(from))
  if (first < 0) throw new Error(`no line has ${from}`)
  const last =
    to === undefined
      ? lines.length - 1
      : lines.findIndex((line, at) => at >= first && line.startsWith(to))
  if (last < 0) throw new Error(`no line from there on starts with ${to}`)
  return lines.slice(first, last + 1)
}

function source(path: string): string[] {
  return readFileSync(at(path), 'utf8').trimEnd().split('\n')
}

function diff(words: string): string[] {
  const [before, after] = words
    .split(' ')
    .map((step) => readFileSync(at('steps', step, 'main.ts'), 'utf8'))
  if (after === undefined) throw new Error('two steps are needed')
  return structuredPatch('', '', before, after, '', '', { context: 2 }).hunks.flatMap(
    ({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines.map((line) => line.trimEnd()),
    ],
  )
}

async function section(
  kind: string,
  name: string,
  markdown: string,
  file: string,
): Promise<string> {
  if (kind === 'links' && name === 'man pages') return definitions(markdown)
  if (kind === 'table' && name === 'chapters') return timetable(markdown, file)
  if (kind === 'table' && name === 'probes')
    return existsSync(at('test', 'escapes', 'probes.ts'))
      ? probesTable()
      : 'The probes are not there yet.'
  throw new Error(`${file}: nothing is known about <!-- ${kind}: ${name} -->`)
}

function timetable(markdown: string, file: string): string {
  const slugOf = slugs(markdown)
  const timed = chapters(markdown, file).filter(({ time }) => time)
  const rows = timed.map(({ title, line, time }) => [
    `[${title}](#${slugOf.get(line)})`,
    `${time?.walk}`,
    time?.short ? `${time.short}` : '',
  ])
  const sum = (path: 'walk' | 'short') =>
    timed.reduce((total, { time }) => total + (time?.[path] ?? 0), 0)
  return table(
    ['chapter', 'minutes', 'short path'],
    [...rows, ['together', `**${sum('walk')}**`, `**${sum('short')}**`]],
  )
}

export function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
