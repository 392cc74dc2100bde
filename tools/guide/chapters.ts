// The chapters of a guide: what stands between two headings of level 2.
import { fences } from '../console/fences'
import { type Block, parseBlocks } from '../console/blocks'

export type Chapter = {
  title: string
  /** Of the heading, counted from 1. */
  line: number
  /** The line behind its last one. */
  end: number
  /** Minutes at a walk and on the short path. */
  time?: { walk: number; short: number }
  blocks: Block[]
}

const TIME = /^\*\*Time:\*\* (\d+) minutes?(?:, short path (\d+)| \(not on the short path\))/

export function chapters(markdown: string, file: string): Chapter[] {
  const lines = markdown.split('\n')
  const starts = headings(markdown).filter(({ level }) => level === 2)
  const blocks = parseBlocks(markdown, file)
  return starts.map(({ text, line }, index) => {
    const end = starts[index + 1]?.line ?? lines.length + 1
    const inside = (at: number) => at > line && at < end
    const found = lines.slice(line, end - 1).map((text) => TIME.exec(text))
    const [, walk, short] = found.find(Boolean) ?? []
    return {
      title: text,
      line,
      end,
      ...(walk && { time: { walk: Number(walk), short: Number(short ?? 0) } }),
      blocks: blocks.filter((block) => inside(block.line)),
    }
  })
}

export type Heading = { level: number; text: string; line: number }

/** The `#` headings outside of code. */
export function headings(markdown: string): Heading[] {
  const code = fences(markdown)
  return markdown.split('\n').flatMap((text, index) => {
    const [, marks, title] = /^(#{1,6}) (.*)$/.exec(text) ?? []
    const inCode = code.some(({ line, lines }) => index + 1 > line && index < line + lines.length)
    return marks && !inCode ? [{ level: marks.length, text: title, line: index + 1 }] : []
  })
}
