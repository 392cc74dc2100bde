// The chapters of the guide: what lies between two headings of level 2.
import GithubSlugger from 'github-slugger'
import { type Block, parseBlocks } from '../console/blocks'
import { parts } from '../console/markdown'
import { steps } from '../setup/steps.mjs'

export type Chapter = {
  title: string
  /** The step that its number names: `3. Its own process ids` is about 03-pid. */
  step?: string
  /** 2 from the heading `Part two: …` on. */
  part: number
  /** Of the heading, counted from 1. */
  line: number
  /** The line after its last one. */
  end: number
  text: string
  /** Minutes at a walk and on the short path, as the text says. */
  time?: { walk: number; short: number }
  blocks: Block[]
}

const TIME = /^\*\*Time:\*\* (\d+) minutes?, short path (\d+)\.$/m

export function chapters(markdown: string, file: string): Chapter[] {
  const lines = markdown.split('\n')
  const starts = headings(markdown).filter(({ level }) => level === 2)
  const blocks = parseBlocks(markdown, file)
  return starts.map(({ text: title, line }, index) => {
    const end = starts[index + 1]?.line ?? lines.length + 1
    const text = lines.slice(line, end - 1).join('\n')
    const [, walk, short] = TIME.exec(text) ?? []
    const number = Number(/^(\d+)\. /.exec(title)?.[1])
    return {
      title,
      part: starts.slice(0, index + 1).some(({ text }) => text.startsWith('Part two')) ? 2 : 1,
      step: steps().find((name) => Number.parseInt(name, 10) === number),
      line,
      end,
      text,
      ...(walk && { time: { walk: Number(walk), short: Number(short) } }),
      blocks: blocks.filter((block) => block.line > line && block.line < end),
    }
  })
}

export type Heading = { level: number; text: string; line: number; slug: string }

/** The headings, each with the anchor that GitHub gives it. */
export function headings(markdown: string): Heading[] {
  const slugger = new GithubSlugger()
  return parts(markdown).flatMap(({ line, token }) => {
    if (token.type !== 'heading') return []
    const text = token.text as string
    return [{ level: token.depth, text, line, slug: slugger.slug(plain(text)) }]
  })
}

const plain = (text: string) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
