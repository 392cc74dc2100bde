// Console blocks in Markdown: what is typed at which terminal, and what it answers.
import { fences } from './fences'

export type Exchange = { line: number; prompt: string; input: string; expected: string[] }

export type Block = {
  file: string
  /** Of the opening fence, counted from 1. */
  line: number
  /** The name of a pty session that lives as long as the chapter or slide file. */
  terminal: string
  /** `key=value` words of the info string. */
  options: Record<string, string>
  exchanges: Exchange[]
  /** Lines before the first prompt. */
  before: string[]
}

/**
 * The blocks ```` ```console NAME [key=value…] ```` of a text. `$ ` is the prompt of the host's shell, `container:/# `
 * with any directory that of the container's; `> ` directly below an input goes on with it. A line that starts with
 * `$ <`, as the launcher's with the path of Node, is output.
 */
export function parseBlocks(markdown: string, file: string): Block[] {
  return fences(markdown)
    .filter(({ info }) => info[0] === 'console')
    .map(({ line, info, lines }) => {
      const [terminal = '', ...words] = info.slice(1)
      if (!terminal || terminal.includes('='))
        throw new Error(
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
