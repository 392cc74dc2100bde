// What can be wrong with a Markdown file in itself: links, commands, markup.
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { marked } from 'marked'
import { at } from '../setup/project.mjs'
import { headings } from './chapters'

const LINK = /\]\(([^)\s]+)\)/g

/** Links to files and headings that don't exist, with their lines. Links to the web are skipped. */
export function brokenLinks(markdown: string, file: string): string[] {
  const own = anchors(markdown)
  return eachLine(markdown, file, LINK, ([, target]) => {
    if (/^https?:/.test(target)) return undefined
    const [path, anchor] = target.split('#')
    const other = path ? at(dirname(file), path) : undefined
    if (other && !existsSync(other)) return `${target}: there is no such file`
    const known = other && anchor ? anchors(readFileSync(other, 'utf8')) : own
    return anchor && !known.includes(anchor) ? `${target}: there is no such heading` : undefined
  })
}

const anchors = (markdown: string) => headings(markdown).map(({ slug }) => slug)

/** `npm run` commands that package.json doesn't have. */
export function unknownCommands(markdown: string, file: string): string[] {
  const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  return eachLine(markdown, file, /npm run ([a-z][\w:-]*)/g, ([command, name]) =>
    name in scripts ? undefined : `${command}: package.json has no such script`,
  )
}

function eachLine(
  markdown: string,
  file: string,
  pattern: RegExp,
  judge: (match: RegExpExecArray) => string | undefined,
): string[] {
  return markdown.split('\n').flatMap((text, index) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const problem = judge(match)
      return problem ? [`${file}:${index + 1}: ${problem}`] : []
    }),
  )
}

/** Markup that is left in the text a reader sees, and elements without an end. */
export function brokenMarkdown(markdown: string, file: string): string[] {
  const html = marked.parse(markdown, { async: false })
  const text = html
    .replace(/<(pre|code)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
  const left = text.match(/\[[^\]\n]*\]\(|\[\w[\w.-]*\(\d\)\]|\*\*|```|^\|.*\|$|^#{1,6} /gm) ?? []
  const count = (tag: string) => html.split(tag).length - 1
  const open = ['details', 'summary'].filter((name) => count(`<${name}>`) !== count(`</${name}>`))
  return [
    ...left.map((mark) => `${file}: left in the text: ${mark}`),
    ...open.map(
      (name) => `${file}: ${count(`<${name}>`)} <${name}>, ${count(`</${name}>`)} </${name}>`,
    ),
  ]
}
