// Console blocks of a slide, typed at terminals of a machine that is made for them: what they printed, and where that is
// not what the slide says.
import { hostname } from 'node:os'
import { type Block, parseBlocks } from '../../tools/console/blocks'
import { compare } from '../../tools/console/match'
import { Machine } from '../../tools/guide/machine'
import { type Played, typeAll } from '../../tools/guide/transcripts'
import { root } from '../../tools/setup/project.mjs'
import { fromCast, type Recording, toCast } from './casts'
import type { Chapter } from './chapters'

/** A console block with its place in the deck. */
export type Take = {
  id: string
  chapter: string
  slide: string
  place: string
  block: Block
  cols: number
}

/** As wide as the terminal on the slide is: alone, or beside another one. */
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

type Result = { recorded: { take: Take; cast: string }[]; problems: string[] }

/** All blocks of one slide: each slide starts anew, so that an instructor can begin with any. */
export async function record(slide: Take[]): Promise<Result> {
  const machine = await Machine.start()
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

// Where the checkout lies and what the machine is called is nobody's business.
const own = new RegExp(`\\b${hostname().replace(/[^\w-]/g, '.')}\\b`, 'g')
const anywhere = (line: string, { node, checkout }: Machine) =>
  line
    .replaceAll(node, 'node')
    .replaceAll(checkout, '/repo')
    .replaceAll(root, '/repo')
    .replace(own, 'laptop')

/** Where a recording is not what its slide says, by its wildcards. */
export function drift({ id, place, block }: Take, cast: string | undefined): string[] {
  const [file, start] = place.split(':')
  const where = `${place}: ${id}`
  if (cast === undefined) return [`${where}: there is no slides/casts/${id}.cast`]
  const { exchanges } = fromCast(cast)
  return block.exchanges.flatMap(({ line, prompt, input, expected }, index) => {
    const spoken = exchanges[index]
    if (spoken?.input !== input || spoken.prompt !== prompt)
      return [
        `${where}: \`${prompt}${input}\` is not what was recorded: \`${spoken ? spoken.prompt + spoken.input : ''}\``,
      ]
    const result = compare(expected, spoken.output)
    if (result.ok) return []
    const { expected: wanted = '(no more lines)', got = '(no more lines)' } = result
    const at = `${file}:${Number(start) + line - 1}: ${id}`
    return [`${at}: \`${input}\`\n  expected: ${wanted}\n       got: ${got}`]
  })
}
