// Markdown as a list of its parts, each with the line it starts on.
import { marked, type Token } from 'marked'
import { Problem } from '../setup/terminal.mjs'

/** The outermost parts; lines count from 1. */
export function parts(markdown: string): { line: number; token: Token }[] {
  let next = 1
  return marked.lexer(markdown).map((token) => {
    const line = next
    next += token.raw.split('\n').length - 1
    return { line, token }
  })
}

export type Fence = {
  /** Of the opening fence. */
  line: number
  /** The words behind the opening fence. */
  info: string[]
  lines: string[]
}

/** The fenced code blocks, except those in lists and quotes. */
export function fences(markdown: string): Fence[] {
  return parts(markdown).flatMap(({ line, token }) => {
    if (token.type !== 'code' || token.codeBlockStyle === 'indented') return []
    if (!/\n *[`~]{3,}\s*$/.test(token.raw))
      throw new Problem(`The code block that begins in line ${line} has no end.`)
    const lines = token.raw.trimEnd().split('\n').slice(1, -1)
    return [{ line, info: (token.lang ?? '').trim().split(/\s+/), lines }]
  })
}
