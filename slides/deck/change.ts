// A change from one step to the next: the real lines, in groups the speaker steps through.
//
//   ```change main.ts
//   case 'child': ... break :: what this group of lines is for
//   ```
// Each line of the block is a group. It names a text in the group's first line and, after `...`, a
// text in its last line if there are several; `::` introduces what the group is for. A text after ^
// stands at the beginning of its line. The slide leaves out the lines between groups.
import { existsSync, readFileSync } from 'node:fs'
import { diffLines } from 'diff'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { highlight, renderToken, type Token } from './highlight'
import { escapeHtml, inline } from './html'
import { type Range, wordsChanged } from './words'

export type Line = {
  sign: '+' | '-' | ' '
  text: string
  tokens: Token[]
  /** What differs from the line it stands for. */
  changed: Range[]
}
type Group = { first: number; last: number; note: string }
export type Change = { file: string; before: string; after: string; lines: Line[]; groups: Group[] }

const previous = (step: string): string | undefined => steps()[steps().indexOf(step) - 1]

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** All lines of a step's file, and those it no longer has from the step before. */
export async function changeOf(step: string, file: string): Promise<Line[]> {
  const [before, after] = [
    read(at('steps', `${previous(step)}`, file)),
    read(at('steps', step, file)),
  ]
  if (!after) throw new Problem(`steps/${step} has no ${file}`)
  const [old, now] = await Promise.all([before, after].map((code) => highlight(code, 'ts')))
  let [was, is] = [0, 0]
  const parts = diffLines(before, after)
  return parts.flatMap((part, index) => {
    const texts = linesOf(part.value)
    const changed = wordsChanged(texts, linesOf(counterpart(parts, index)))
    return texts.map((text, line): Line => {
      const tokens = part.removed ? old[was] : now[is]
      if (!part.added) was++
      if (!part.removed) is++
      return {
        sign: part.removed ? '-' : part.added ? '+' : ' ',
        text,
        tokens,
        changed: changed[line],
      }
    })
  })
}

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n')

// The new lines right after those that are gone, or the other way round.
function counterpart(parts: ReturnType<typeof diffLines>, index: number): string {
  const [part, before, after] = [parts[index], parts[index - 1], parts[index + 1]]
  if (part.removed && after?.added) return after.value
  return part.added && before?.removed ? before.value : ''
}

/** What a `change` block on a slide of a step asks for. */
export async function parseChange(
  step: string,
  file: string,
  body: string,
  place: string,
): Promise<Change> {
  const lines = await changeOf(step, file)
  let from = 0
  const find = (words: string) => {
    const has = ({ text }: Line) =>
      words[0] === '^' ? text.startsWith(words.slice(1)) : text.includes(words)
    const index = lines.findIndex((line, index) => index >= from && has(line))
    if (index < 0)
      throw new Problem(`${place}: no further line of steps/${step}/${file} has: ${words}`)
    from = index + 1
    return index
  }
  const groups = body
    .trim()
    .split('\n')
    .map((text) => {
      const [, range, note = ''] = /^(.*?)(?: :: (.*))?$/.exec(text) as RegExpExecArray
      const [start, end] = range.split(' ... ')
      const first = find(start)
      const last = end === undefined ? first : find(end)
      if (lines[last].sign === '-' && lines[last + 1]?.sign === '+')
        throw new Problem(
          `${place}: ${range} ends before the line that takes the place of its last`,
        )
      return { first, last, note }
    })
  return { file, before: previous(step) ?? '', after: step, lines, groups }
}

export function renderChange({ file, before, after, lines, groups }: Change): string {
  const shown = groups.map(({ first, last }) => lines.slice(first, last + 1))
  const shared = indent(shown.flat())
  const blocks = groups.map(({ first }, index) => {
    const between = index ? lines.slice(groups[index - 1].last + 1, first) : []
    const gap = between.some(({ text }) => text.trim()) ? '<span class="gap">…</span>' : ''
    const rows = shown[index].map((line) => renderLine(line, shared))
    const blank = between.length && !gap ? '\n' : ''
    return `${gap}${blank}<span class="group fragment custom" data-fragment-index="${index}">${rows.join('')}</span>`
  })
  const notes = groups.map(
    ({ note }, index) =>
      `<li class="fragment custom" data-fragment-index="${index}"${note ? '' : ' hidden'}>${inline(note)}</li>`,
  )
  const from = before ? `<span class="path">${before}</span> › ` : ''
  const size = letters(shown.flat().map(({ text }) => text.slice(shared)))
  return (
    `<figure class="change ${size}"><figcaption>${from}<span class="path">${after}/${file}</span></figcaption>` +
    `<pre class="diff" tabindex="0" aria-label="The change in ${escapeHtml(file)}"><code>${blocks.join('')}</code></pre>` +
    `${groups.some(({ note }) => note) ? `<ol class="steps">${notes.join('')}</ol>` : ''}</figure>`
  )
}

const names = { '+': 'added', '-': 'removed', ' ': 'same' }

function renderLine({ sign, tokens, changed }: Line, shared: number): string {
  const mark = sign === '-' ? 'del' : 'ins'
  const code = split(tokens, [[0, shared], ...changed]).flatMap(({ from, ...token }) => {
    if (from < shared) return []
    const isChanged = changed.some(([start, end]) => from >= start && from < end)
    return isChanged ? `<${mark}>${renderToken(token)}</${mark}>` : renderToken(token)
  })
  return `<span class="line ${names[sign]}"><span class="sign">${sign}</span>${code.join('')}\n</span>`
}

/** The tokens of a line, cut where a range begins or ends. */
function split(tokens: Token[], ranges: Range[]) {
  let at = 0
  return tokens.flatMap(({ text, colour }) => {
    const start = at
    at += text.length
    const cuts = ranges.flat().filter((place) => place > start && place < at)
    const places = [...new Set([start, ...cuts, at])].sort((a, b) => a - b)
    return places.slice(0, -1).map((from, index) => {
      return { from, text: text.slice(from - start, places[index + 1] - start), colour }
    })
  })
}

/** The class of the largest letters with which these lines need no break and fit in height. */
function letters(lines: string[]): string {
  const longest = Math.max(...lines.map((line) => line.length)) + 7
  const found = [34, 32, 30, 28, 26].find(
    (size) => longest * size * 0.61 < 1110 && lines.length * size * 1.36 < 330,
  )
  return found ? `letters-${found}` : ''
}

const indent = (lines: Line[]) =>
  Math.min(
    ...lines
      .filter(({ text }) => text.trim())
      .map(({ text }) => text.length - text.trimStart().length),
  )
