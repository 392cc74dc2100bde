// What can be wrong with a Markdown file by itself: links, commands, markup.
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { marked } from 'marked'
import { at } from '../setup/project.mjs'
import { slugs } from './slugs'

const LINK = /\]\(([^)\s]+)\)/g

/** Links to files and headings that are not there, with their lines. What is on the web is not looked at. */
export function brokenLinks(markdown: string, file: string): string[] {
  return eachLine(markdown, file, LINK, ([, target]) => {
    if (/^https?:/.test(target)) return undefined
    const [path, anchor] = target.split('#')
    const other = path ? at(dirname(file), path) : undefined
    if (other && !existsSync(other)) return `${target}: there is no such file`
    if (anchor === undefined) return undefined
    const known = [...slugs(other ? readFileSync(other, 'utf8') : markdown).values()]
    return known.includes(anchor) ? undefined : `${target}: there is no such heading`
  })
}

/** `npm run` commands that package.json does not have. */
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

/** Marks that should have become something else, in the text a reader sees; and elements without an end. */
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
