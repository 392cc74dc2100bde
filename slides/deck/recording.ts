// A slide's console blocks, typed at the terminals of a machine made for them: what these show, and
// where that isn't what the slide says.
import { hostname } from 'node:os'
import { type Block, parseBlocks } from '../../tools/console/blocks'
import { compare } from '../../tools/console/match'
import { type Machine, startMachine } from '../../tools/guide/machine'
import { type Played, typeAll } from '../../tools/guide/transcripts'
import { root } from '../../tools/setup/project.mjs'
import { fromCast, type Recording, toCast } from './casts'
import type { Chapter } from './chapters'

/** A console block and its place in the deck. */
export type Take = {
  id: string
  chapter: string
  slide: string
  place: string
  block: Block
  cols: number
}

/** As wide as the terminal on the slide, which is alone or beside another. */
const columns = { alone: 82, beside: 46 }
const rows = 16

export function takes(chapters: Chapter[]): Take[] {
  return chapters.flatMap(({ name, slides }) =>
    slides.flatMap(({ id, markdown, place }) =>
      parseBlocks(markdown, place).map((block, index, all) => ({
        id: `${id}-${index + 1}`,
        chapter: name,
        slide: id,
        place,
        block,
        cols: all.length > 1 ? columns.beside : columns.alone,
      })),
    ),
  )
}

export type Recorded = { take: Take; cast: string }

/** All blocks of one slide. Each slide starts afresh, so that an instructor can begin with any. */
export async function recordSlide(
  slide: Take[],
): Promise<{ recorded: Recorded[]; problems: string[] }> {
  const machine = await startMachine()
  try {
    const played = await typeAll(
      slide.map(({ block }) => block),
      () => terminal(machine, slide[0].cols),
    )
    const recorded = slide.map((take) => ({ take, cast: toCast(recording(take, played, machine)) }))
    return { recorded, problems: recorded.flatMap(({ take, cast }) => drift(take, cast)) }
  } catch (error) {
    return { recorded: [], problems: [`${slide[0].place}: ${(error as Error).message}`] }
  } finally {
    await machine.close()
  }
}

function terminal(machine: Machine, cols: number) {
  const session = machine.terminal()
  session.resize(cols, rows)
  return session
}

function recording({ block, cols }: Take, played: Played[], machine: Machine): Recording {
  const exchanges = played.flatMap((one) =>
    'skipped' in one || one.block !== block
      ? []
      : {
          prompt: one.exchange.prompt,
          input: one.exchange.input,
          output: one.got.map((line) => anywhere(line, machine)),
        },
  )
  return { cols, rows, exchanges }
}

// Paths and names of this machine don't belong in a recording.
const name = new RegExp(`\\b${hostname().replace(/[^\w-]/g, '.')}\\b`, 'g')
const anywhere = (line: string, { node, checkout }: Machine) =>
  line
    .replaceAll(node, 'node')
    .replaceAll(checkout, '/repo')
    .replaceAll(root, '/repo')
    .replace(name, 'laptop')

/** Where a recording differs from its slide, apart from what wildcards stand for. */
export function drift({ id, place, block }: Take, cast: string | undefined): string[] {
  const [file, start] = place.split(':')
  const where = `${place}: ${id}`
  if (cast === undefined) return [`${where}: slides/casts/${id}.cast is missing`]
  const { exchanges } = fromCast(cast)
  return block.exchanges.flatMap(({ line, prompt, input, expected }, index) => {
    const spoken = exchanges[index]
    if (spoken?.input !== input || spoken.prompt !== prompt)
      return [
        `${where}: \`${prompt}${input}\` is on the slide, \`${spoken ? spoken.prompt + spoken.input : ''}\` in the recording`,
      ]
    const result = compare(expected, spoken.output)
    if (result.ok) return []
    const { expected: wanted = '(no more lines)', got = '(no more lines)' } = result
    const at = `${file}:${Number(start) + line - 1}: ${id}`
    return [`${at}: \`${input}\`\n  expected: ${wanted}\n       got: ${got}`]
  })
}
