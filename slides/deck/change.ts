// A change from one step to the next on a slide: the real lines, in groups that the speaker steps through.
//
//   ```change main.ts [context]
//   case 'child': ... break :: what this group of lines is for
//   ```
// Each line is a group: the text in its first line, `...` and the text in its last line where it has more than one,
// and after `::` what it is for. A text after ^ stands at the beginning of its line. Lines of the file that lie between groups are left out.
import { existsSync, readFileSync } from 'node:fs'
import { diffLines } from 'diff'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { escapeHtml } from './html'
import { highlight } from './highlight'

export type Line = { sign: '+' | '-' | ' '; text: string; html: string }
type Group = { first: number; last: number; note: string }
export type Change = { file: string; before: string; after: string; lines: Line[]; groups: Group[] }

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** All lines of a step's file, with those of the step before that are gone. */
export async function changeOf(step: number, file: string): Promise<Line[]> {
  const [before, after] = [
    read(at('steps', `${steps()[step - 2]}`, file)),
    read(at('steps', steps()[step - 1], file)),
  ]
  if (!after) throw new Problem(`steps/${steps()[step - 1]} has no ${file}`)
  const [old, now] = await Promise.all([before, after].map((code) => highlight(code, 'ts')))
  let [was, is] = [0, 0]
  return diffLines(before, after).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => {
        if (removed) return { sign: '-', text, html: old[was++] }
        if (!added) was++
        return { sign: added ? '+' : ' ', text, html: now[is++] }
      }),
  )
}

/** What a `change` block asks for. */
export async function parseChange(
  step: number,
  file: string,
  body: string,
  place: string,
): Promise<Change> {
  const lines = await changeOf(step, file)
  let from = 0
  const groups = body
    .trim()
    .split('\n')
    .map((text) => {
      const [, range, note = ''] = /^(.*?)(?: :: (.*))?$/.exec(text) as RegExpExecArray
      const [start, end = start] = range.split(' ... ')
      const find = (words: string, after: number) => {
        const has = ({ text }: Line) =>
          words[0] === '^' ? text.startsWith(words.slice(1)) : text.includes(words)
        const index = lines.findIndex((line, index) => index >= after && has(line))
        if (index < 0)
          throw new Problem(
            `${place}: no further line of steps/${steps()[step - 1]}/${file} has: ${words}`,
          )
        return index
      }
      const first = find(start, from)
      const last = range.includes(' ... ') ? find(end, first + 1) : first
      from = last + 1
      return { first, last, note }
    })
  return { file, before: steps()[step - 2] ?? '', after: steps()[step - 1], lines, groups }
}

export function renderChange({ file, before, after, lines, groups }: Change): string {
  const shared = indent(groups.flatMap(({ first, last }) => lines.slice(first, last + 1)))
  const blocks = groups.map(({ first, last }, index) => {
    const between = index ? lines.slice(groups[index - 1].last + 1, first) : []
    const gap = between.some(({ text }) => text.trim()) ? '<span class="gap">⋯</span>' : ''
    const rows = lines.slice(first, last + 1).map((line) => renderLine(line, shared))
    const blank = between.length && !gap ? '\n' : ''
    return `${gap}${blank}<span class="group fragment custom" data-fragment-index="${index}">${rows.join('')}</span>`
  })
  const notes = groups.map(
    ({ note }, index) =>
      `<li class="fragment custom" data-fragment-index="${index}"${note ? '' : ' hidden'}>${inline(note)}</li>`,
  )
  const title = before
    ? `<span class="path">${before}</span> → <span class="path">${after}/${file}</span>`
    : `<span class="path">${after}/${file}</span>`
  const shown = groups.flatMap(({ first, last }) => lines.slice(first, last + 1))
  return (
    `<figure class="change ${size(shown.map(({ text }) => text.slice(shared)))}"><figcaption>${title}</figcaption>` +
    `<pre class="diff" tabindex="0" aria-label="The change in ${escapeHtml(file)}"><code>${blocks.join('')}</code></pre>` +
    `${groups.some(({ note }) => note) ? `<ol class="steps">${notes.join('')}</ol>` : ''}</figure>`
  )
}

/** As large as the lines allow: a class. */
export function size(lines: string[]): string {
  const longest = Math.max(...lines.map((line) => line.length))
  if (lines.length <= 9 && longest <= 66) return 'large'
  return lines.length <= 13 && longest <= 76 ? 'medium' : 'small'
}

const names = { '+': 'added', '-': 'removed', ' ': 'same' }

function renderLine({ sign, html }: Line, shared: number): string {
  const code = html.replace(
    /^(<span class="\w+">)(\s*)/,
    (_, tag, space) => tag + space.slice(shared),
  )
  return `<span class="line ${names[sign]}"><span class="sign">${sign}</span>${code}\n</span>`
}

function indent(lines: Line[]): number {
  return Math.min(
    ...lines
      .filter(({ text }) => text.trim())
      .map(({ text }) => text.length - text.trimStart().length),
  )
}

const inline = (text: string) => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
