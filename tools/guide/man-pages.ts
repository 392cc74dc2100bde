// Manual pages: the text says [clone(2)], and definitions at the end of the file link it.
import { fences } from '../console/markdown'

const REFERENCE = /\[([a-z][\w.-]*)\((\d)\)\](?![(:])/g

export type ManPage = { name: string; section: string }

/** The pages a text refers to, each once, sorted by section and name. */
export function manPages(markdown: string): ManPage[] {
  const found = [...withoutCode(markdown).matchAll(REFERENCE)].map(
    ([, name, section]) => `${section} ${name}`,
  )
  return [...new Set(found)].sort().map((page) => {
    const [section, name] = page.split(' ')
    return { section, name }
  })
}

export const definitions = (markdown: string) =>
  manPages(markdown)
    .map(({ name, section }) => {
      const url = `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html`
      return `[${name}(${section})]: ${url}`
    })
    .join('\n')

function withoutCode(markdown: string): string {
  const lines = markdown.split('\n')
  for (const block of fences(markdown))
    lines.fill('', block.line - 1, block.line + block.lines.length + 1)
  return lines.join('\n').replace(/`[^`\n]*`/g, '')
}
