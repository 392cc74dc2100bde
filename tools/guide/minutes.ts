// How long a chapter takes, counted in its text.
import { parseBlocks } from '../console/blocks'
import { fences } from '../console/markdown'

const CHARACTERS = 150 // typed in a minute
const WORDS = 200 // read in a minute

/** The parts that are for afterwards. */
export const afterwards = ['Questions', 'Go further', 'Read on']

/**
 * Minutes at a walk: you type changes and commands, and read. On the short path you copy the
 * changes and leave out “Break it”.
 */
export function minutes(chapter: string): { walk: number; short: number } {
  const parts = chapter.split(/^(?=### )/m)
  const without = (...titles: string[]) =>
    parts.filter((part) => !titles.some((title) => part.startsWith(`### ${title}\n`))).join('')
  const walk = without(...afterwards)
  const short = without(...afterwards, 'Break it')
  return {
    walk: Math.round((changes(walk) + commands(walk)) / CHARACTERS + words(walk) / WORDS),
    short: Math.round(commands(short) / CHARACTERS + words(short) / WORDS),
  }
}

const lengths = (lines: string[]) => lines.reduce((sum, line) => sum + line.trim().length, 0)

const inLanguage = (markdown: string, ...languages: string[]) =>
  fences(markdown)
    .filter(({ info }) => languages.includes(info[0] as string))
    .flatMap(({ lines }) => lines)

// An editor indents.
const changes = (markdown: string) =>
  lengths(
    inLanguage(markdown, 'diff')
      .filter((line) => line.startsWith('+'))
      .map((line) => line.slice(1)),
  )

const commands = (markdown: string) =>
  lengths(parseBlocks(markdown, '').flatMap(inputs)) + lengths(inLanguage(markdown, 'sh'))

const inputs = ({ exchanges }: ReturnType<typeof parseBlocks>[number]) =>
  exchanges.map(({ input }) => input)

// What is read: the text, and the code that isn't typed. Not pictures, output and what is folded.
function words(markdown: string): number {
  const prose = markdown
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/<!--[\s\S]*?-->|<details>[\s\S]*?<\/details>|^\[(Previous|Next|Top)[\s\S]*/gm, '')
  const text = [prose, ...inLanguage(markdown, 'ts', 'c')].join(' ')
  return text.match(/\S*\w\S*/g)?.length ?? 0
}
