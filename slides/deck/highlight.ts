// Code in colours, for light and dark. Shiki's colours become classes, because a strict
// Content-Security-Policy forbids style attributes.
import { type BundledLanguage, codeToTokens } from 'shiki'
import { escapeHtml } from './html'

const themes = { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } as const

const classes = new Map<string, string>()

// Colouring is slow, and each file is in two changes, on several slides, and in every reload.
const done = new Map<string, Promise<string[]>>()

/** The lines of some code as HTML. */
export function highlight(code: string, lang: string): Promise<string[]> {
  const key = `${lang}\n${code}`
  const lines = done.get(key) ?? colour(code, lang)
  done.set(key, lines)
  return lines
}

async function colour(code: string, lang: string): Promise<string[]> {
  const { tokens } = await codeToTokens(code, {
    lang: lang as BundledLanguage,
    themes,
    defaultColor: false,
  })
  return tokens.map((line) =>
    line
      .map(({ content, htmlStyle }) => span(content, htmlStyle as Record<string, string>))
      .join(''),
  )
}

function span(content: string, style: Record<string, string>): string {
  const colours = `light-dark(${style['--shiki-light']}, ${style['--shiki-dark']})`
  if (!classes.has(colours)) classes.set(colours, `hl${classes.size}`)
  return `<span class="${classes.get(colours)}">${escapeHtml(content)}</span>`
}

/** The rules for all classes used so far. */
export const highlightCss = () =>
  [...classes].map(([colours, name]) => `.${name} { color: ${colours}; }`).join('\n')
