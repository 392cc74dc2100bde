// Console blocks in Markdown: what is typed at which terminal, and what it answers.
import { Problem } from '../setup/terminal.mjs'
import { fences } from './markdown'

export type Exchange = { line: number; prompt: string; input: string; expected: string[] }

export type Block = {
  file: string
  /** Of the opening fence, counted from 1. */
  line: number
  /** The name of a terminal, which stays open for the whole chapter or slide. */
  terminal: string
  /** The `key=value` words of the opening fence. */
  options: Record<string, string>
  exchanges: Exchange[]
  /** Lines before the first prompt. */
  before: string[]
}

/**
 * Finds the blocks ```` ```console NAME [key=value…] ````. The host's prompt is `$ `, a container's
 * is `container:/# ` with any directory. A `> ` directly below an input continues it. A line that
 * starts with `$ <` is output: the launcher prints it, with the path of Node.
 */
export function parseBlocks(markdown: string, file: string): Block[] {
  return fences(markdown)
    .filter(({ info }) => info[0] === 'console')
    .map(({ line, info, lines }) => {
      const [terminal = '', ...words] = info.slice(1)
      if (!terminal || terminal.includes('='))
        throw new Problem(
          `${file}:${line}: a console block needs the name of its terminal: \`\`\`console host`,
        )
      return { file, line, terminal, options: options(words), ...exchanges(lines, line + 1) }
    })
}

const options = (words: string[]) =>
  Object.fromEntries(words.map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1)]))

const PROMPT = /^(\$ (?!<)|container:[^#]*# )(.*)$/

function exchanges(lines: string[], firstLine: number): Pick<Block, 'exchanges' | 'before'> {
  const before: string[] = []
  const found: Exchange[] = []
  for (const [index, text] of lines.entries()) {
    const last = found.at(-1)
    const [, prompt, input] = PROMPT.exec(text) ?? []
    if (prompt) found.push({ line: firstLine + index, prompt, input, expected: [] })
    else if (!last) before.push(text)
    else if (/^> /.test(text) && !last.expected.length) last.input += `\n${text.slice(2)}`
    else last.expected.push(text)
  }
  return { before, exchanges: found }
}
