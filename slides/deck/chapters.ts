// The deck's sources: a Markdown file a chapter, in it slides between lines of `---`, and on each of them its notes.
//
//   <!-- .chapter: title="Its own process ids" minutes="4 9 18" -->     of the plans of 45, 90 and 180 minutes
//   <!-- .slide: id="question" class="question" data-timing="60" -->   attributes of the slide, as reveal.js has them
//   Note: …                                                            to the end of the slide: for the speaker
import { readdirSync, readFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'

export type Source = {
  id: string
  kind: string
  attributes: Record<string, string>
  markdown: string
  notes: string
  /** Where it stands, for messages: file and line. */
  place: string
}

export type Chapter = {
  name: string
  title: string
  step: number
  minutes: [number, number, number]
  slides: Source[]
}

/** The plans for which each chapter says its minutes, in this order. */
export const plans = [45, 90, 180] as const

export function readChapters(): Chapter[] {
  return readdirSync(at('slides'))
    .filter((name) => /^\d\d-.*\.md$/.test(name))
    .sort()
    .map((file) => readChapter(file.replace('.md', ''), readFileSync(at('slides', file), 'utf8')))
}

export function readChapter(name: string, text: string): Chapter {
  const [head, ...parts] = split(text)
  const { title, minutes } = comment(head.text, 'chapter')
  const times = (minutes ?? '').split(' ').map(Number)
  if (!title || times.length !== plans.length || times.some(Number.isNaN))
    throw new Problem(
      `slides/${name}.md: its first part needs <!-- .chapter: title="…" minutes="4 9 18" -->`,
    )
  return {
    name,
    title,
    step: steps().includes(name) ? Number.parseInt(name, 10) : 0,
    minutes: times as Chapter['minutes'],
    slides: parts.map(({ text, line }) => readSlide(name, text, line)),
  }
}

function readSlide(chapter: string, text: string, line: number): Source {
  const place = `slides/${chapter}.md:${line}`
  const { id, class: kind = 'plain', ...attributes } = comment(text, 'slide')
  if (!id) throw new Problem(`${place}: a slide needs <!-- .slide: id="…" -->`)
  const [markdown, notes] = text.replace(/<!-- \.slide:.*?-->/s, '').split(/^Note:\s*/m)
  if (!notes?.trim())
    throw new Problem(`${place}: a slide needs its notes, after a line that starts with Note:`)
  if (!(Number(attributes['data-timing']) > 0))
    throw new Problem(`${place}: a slide needs data-timing="SECONDS"`)
  return { id: `${chapter}-${id}`, kind, attributes, markdown, notes: notes.trim(), place }
}

// A line of --- ends a slide, but not in a fenced block.
function split(text: string) {
  const parts = [{ text: '', line: 1 }]
  let fenced = false
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('```')) fenced = !fenced
    if (line === '---' && !fenced) parts.push({ text: '', line: index + 2 })
    else (parts.at(-1) as (typeof parts)[0]).text += `${line}\n`
  }
  return parts
}

function comment(text: string, kind: string): Record<string, string> {
  const words = new RegExp(`<!-- \\.${kind}: (.*?)-->`, 's').exec(text)?.[1] ?? ''
  return Object.fromEntries(
    [...words.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}
