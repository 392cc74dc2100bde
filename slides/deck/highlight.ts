// Code in colours, for light and dark. Shiki's colours become classes, because a strict
// Content-Security-Policy forbids style attributes.
import { type BundledLanguage, codeToTokens } from 'shiki'
import { escapeHtml } from './html'

const themes = { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } as const

/** A piece of a line, with the class that colours it. */
export type Token = { text: string; colour: string }

const classes = new Map<string, string>()

// Colouring is slow, and each file is in two changes, on several slides, and in every reload.
const done = new Map<string, Promise<Token[][]>>()

/** The lines of some code. */
export function highlight(code: string, lang: string): Promise<Token[][]> {
  const key = `${lang}\n${code}`
  const lines = done.get(key) ?? colour(code, lang)
  done.set(key, lines)
  return lines
}

async function colour(code: string, lang: string): Promise<Token[][]> {
  const { tokens } = await codeToTokens(code, {
    lang: lang as BundledLanguage,
    themes,
    defaultColor: false,
  })
  return tokens.map((line) =>
    line.map(({ content, htmlStyle }) => ({
      text: content,
      colour: classOf(htmlStyle as Record<string, string>),
    })),
  )
}

export const renderToken = ({ text, colour }: Token) =>
  `<span class="${colour}${/^\S*-\S*$/.test(text) ? ' whole' : ''}">${escapeHtml(text)}</span>`

function classOf(style: Record<string, string>): string {
  const colours = `light-dark(${style['--shiki-light']}, ${style['--shiki-dark']})`
  if (!classes.has(colours)) classes.set(colours, `hl${classes.size}`)
  return classes.get(colours) as string
}

/** The rules for all classes used so far. */
export const highlightCss = () =>
  [...classes].map(([colours, name]) => `.${name} { color: ${colours}; }`).join('\n')
