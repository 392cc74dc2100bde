// The deck's sources: one Markdown file a chapter. Lines of `---` separate its slides; each slide
// ends with its notes. A step's chapter has the step's name: slides/03-pid.md.
//
//   <!-- .chapter: title="Its own process ids" minutes="5 9 16" own="processes" -->
//   <!-- .slide: id="question" class="question" data-timing="60" -->
//   Note: … to the end of the slide, for the speaker
//
// `minutes` are those of the plans of 45, 90 and 180 minutes; `own` is what a container has for
// itself from this step on, and `ingredient` what gives it that; a chapter without a step says
// `part="2"` if it belongs to part two. A slide's attributes are those of reveal.js;
// `plans="90 180"` are the plans it belongs to, if not to all. See plan.ts for its time.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parts as tokens } from '../../tools/console/markdown'
import { at } from '../../tools/setup/project.mjs'
import { partOf, steps } from '../../tools/setup/steps.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'

export type Source = {
  id: string
  kind: string
  attributes: Record<string, string>
  plans: Plan[]
  /** In seconds; 'rest' is what the plan leaves for this slide. */
  seconds: number | 'rest'
  markdown: string
  notes: string
  /** File and line, for messages. */
  place: string
}

export type Chapter = {
  name: string
  title: string
  /** The number of its step; 0 in the opening and the closing. */
  step: number
  minutes: [number, number, number]
  /** 1 or 2: each is a session with plans of its own. */
  part: Part
  own?: string
  ingredient?: string
  slides: Source[]
}

export const parts = [1, 2] as const
export type Part = (typeof parts)[number]

/** The plans a chapter gives its minutes for, in this order. */
export const plans = [45, 90, 180] as const
export type Plan = (typeof plans)[number]

/** All chapters, in the order of their numbers: the closing has 99, to come after any step. */
export function readChapters(folder = at('slides')): Chapter[] {
  return readdirSync(folder)
    .filter((file) => /^\d+-.*\.md$/.test(file))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((file) => readChapter(file.replace('.md', ''), readFileSync(join(folder, file), 'utf8')))
}

export function readChapter(name: string, text: string): Chapter {
  const [head, ...slides] = split(name, text)
  const { title, minutes = '', part = '1', own, ingredient } = comment(head.text, 'chapter')
  const times = minutes.split(' ').map(Number)
  if (!title || times.length !== plans.length || times.some(Number.isNaN))
    throw new Problem(
      `slides/${name}.md: its first part needs <!-- .chapter: title="…" minutes="4 9 18" -->`,
    )
  const isStep = steps().includes(name)
  return {
    name,
    title,
    step: isStep ? Number.parseInt(name, 10) : 0,
    part: isStep ? (partOf(name) as Part) : (Number(part) as Part),
    minutes: times as Chapter['minutes'],
    own,
    ingredient,
    slides: slides.map(({ text, line }) => readSlide(name, text, line)),
  }
}

function readSlide(chapter: string, text: string, line: number): Source {
  const place = `slides/${chapter}.md:${line}`
  const { id, class: kind = 'plain', plans: chosen, ...rest } = comment(text, 'slide')
  const { 'data-timing': time, ...attributes } = rest
  if (!id) throw new Problem(`${place}: a slide needs <!-- .slide: id="…" -->`)
  const [markdown, notes] = text.replace(/<!-- \.slide:.*?-->/s, '').split(/^Note:\s*/m)
  if (!notes?.trim())
    throw new Problem(`${place}: a slide needs its notes, after a line that starts with Note:`)
  if (!(time === 'rest' || Number(time) > 0))
    throw new Problem(`${place}: a slide needs data-timing="SECONDS", or "rest"`)
  return {
    id: `${chapter}-${id}`,
    kind,
    attributes,
    plans: plans.filter((plan) => !chosen || chosen.split(' ').includes(`${plan}`)),
    seconds: time === 'rest' ? time : Number(time),
    markdown,
    notes: notes.trim(),
    place,
  }
}

function split(name: string, text: string) {
  const slides = [{ text: '', line: 1 }]
  for (const { line, token } of tokens(text)) {
    const { type, raw } = token
    const next = line + raw.split('\n').length - 1
    if (type === 'heading' && /\n-+\s*$/.test(raw))
      throw new Problem(`slides/${name}.md:${next}: leave a line empty before ---`)
    if (type === 'hr') slides.push({ text: '', line: next })
    else (slides.at(-1) as (typeof slides)[0]).text += raw
  }
  return slides
}

function comment(text: string, kind: string): Record<string, string> {
  const words = new RegExp(`<!-- \\.${kind}: (.*?)-->`, 's').exec(text)?.[1] ?? ''
  return Object.fromEntries(
    [...words.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}
