// Manual pages: written as [clone(2)], linked by definitions at the end of the file.
import { existsSync } from 'node:fs'
import { fences } from '../console/fences'

const REFERENCE = /\[([a-z][\w.-]*)\((\d)\)\](?![(:])/g

export type ManPage = { name: string; section: string }

/** The pages a text refers to, each once, in order of section and name. */
export function manPages(markdown: string): ManPage[] {
  const found = [...withoutCode(markdown).matchAll(REFERENCE)].map(
    ([, name, section]) => `${section} ${name}`,
  )
  return [...new Set(found)].sort().map((page) => {
    const [section, name] = page.split(' ')
    return { section, name }
  })
}

export const url = ({ name, section }: ManPage) =>
  `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html`

export const definitions = (markdown: string) =>
  manPages(markdown)
    .map((page) => `[${page.name}(${page.section})]: ${url(page)}`)
    .join('\n')

/** Whether this machine has the page; undefined where it has no manual. */
export function isInstalled({ name, section }: ManPage): boolean | undefined {
  const folder = '/usr/share/man'
  if (!existsSync(`${folder}/man2/clone.2.gz`)) return undefined
  return existsSync(`${folder}/man${section}/${name}.${section}.gz`)
}

function withoutCode(markdown: string): string {
  const lines = markdown.split('\n')
  for (const block of fences(markdown)) lines.fill('', block.line - 1, block.line + block.lines.length + 1)
  return lines.join('\n').replace(/`[^`\n]*`/g, '')
}
