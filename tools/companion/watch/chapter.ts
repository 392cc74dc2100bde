// Questions of a step's chapter in WORKSHOP.md, as plain text.
import { existsSync, readFileSync } from 'node:fs'
import { at } from '../../setup/project.mjs'

export type Question = { question: string; answer: string }

/** The questions of a step, in the order of its chapter. */
export function questionsOf(step: string): Question[] {
  const number = Number.parseInt(step, 10)
  if (!existsSync(at('WORKSHOP.md'))) return []
  const guide = readFileSync(at('WORKSHOP.md'), 'utf8')
  const [, chapter = ''] =
    new RegExp(`^## ${number}\\. ([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(guide) ?? []
  const [, part = ''] = /^### Questions\n([\s\S]*?)(?=^### )/m.exec(chapter) ?? []
  const found = part.matchAll(/<summary>([\s\S]*?)<\/summary>([\s\S]*?)<\/details>/g)
  return [...found].map(([, question = '', answer = '']) => ({
    question: plain(question),
    answer: plain(answer),
  }))
}

/** Without what Markdown and HTML add; each paragraph is a line, code stays as it is. */
function plain(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) =>
      /^```/.test(paragraph) ? paragraph.replace(/^```.*\n?/gm, '') : flow(paragraph),
    )
    .join('\n\n')
}

const flow = (paragraph: string) =>
  paragraph
    .replace(/\n(?!- )\s*/g, ' ')
    .replace(/<\/?code>/g, '`')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\[([^\]]+)\](\([^)]*\))?/g, '$1')
    .replace(/\*\*|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)/g, '')
