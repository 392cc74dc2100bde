// A slide's console blocks, typed at the terminals of a machine made for them: what these show, and
// where that isn't what the slide says.
import { hostname } from 'node:os'
import { type Block, parseBlocks } from '../../tools/console/blocks'
import { compare } from '../../tools/console/match'
import type { Session } from '../../tools/console/session'
import { type Machine, startMachine } from '../../tools/guide/machine'
import {
  type Played,
  type Terminal,
  drift as transcriptDrift,
  typeAll,
} from '../../tools/guide/transcripts'
import { root } from '../../tools/setup/project.mjs'
import { fromCast, type Recording, toCast } from './casts'
import type { Chapter } from './chapters'

/** A console block and its place in the deck. */
export type Take = {
  id: string
  slide: string
  block: Block
  cols: number
}

/** As wide as the terminal on the slide, which is alone or beside another. */
const columns = { alone: 82, beside: 46 }
const rows = 16

export function takes(chapters: Chapter[]): Take[] {
  return chapters.flatMap(({ slides }) =>
    slides.flatMap(({ id, markdown, place }) => {
      const [file, line] = place.split(':')
      // As far down as it is in its file, so that problems name the line.
      const blocks = parseBlocks('\n'.repeat(Number(line) - 1) + markdown, file)
      return blocks.map((block, index) => ({
        id: `${id}-${index + 1}`,
        slide: id,
        block,
        cols: blocks.length > 1 ? columns.beside : columns.alone,
      }))
    }),
  )
}

export type Recorded = { take: Take; cast: string }

export type Outcome = { recorded: Recorded[]; problems: string[] }

/** All blocks of one slide. Each slide starts afresh, so that an instructor can begin with any. */
export async function recordSlide(slide: Take[]): Promise<Outcome> {
  const machine = await startMachine()
  try {
    return await typeSlide(machine, slide)
  } finally {
    await machine.close()
  }
}

/** The same on a machine that has seen other slides; their terminals have ended. */
export async function typeSlide(machine: Machine, slide: Take[]): Promise<Outcome> {
  const sessions: Session[] = []
  const open = () => {
    const session = machine.terminal({ cols: slide[0].cols, rows })
    sessions.push(session)
    return terminal(session, machine)
  }
  try {
    const blocks = slide.map(({ block }) => block)
    const played = await typeAll(blocks, open)
    const recorded = slide.map((take) => ({ take, cast: toCast(recording(take, played)) }))
    return { recorded, problems: transcriptDrift(played) }
  } catch (error) {
    return { recorded: [], problems: [(error as Error).message] }
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

function terminal(session: Session, machine: Machine): Terminal {
  return {
    prompted: (side) => session.prompted(side),
    run: async (input) => (await session.run(input)).map((line) => anywhere(line, machine)),
  }
}

function recording({ block, cols }: Take, played: Played[]): Recording {
  const exchanges = played.flatMap((one) =>
    'skipped' in one || one.block !== block
      ? []
      : { prompt: one.exchange.prompt, input: one.exchange.input, output: one.got },
  )
  return { cols, rows, exchanges }
}

// Paths and names of this machine don't belong in a recording.
const name = new RegExp(`\\b${hostname().replace(/[^\w-]/g, '.')}\\b`, 'g')
const anywhere = (line: string, { node, checkout, home }: Machine) =>
  line
    .replaceAll(node, 'node')
    .replaceAll(checkout, '/repo')
    .replaceAll(home, '/home/you')
    .replaceAll(root, '/repo')
    .replace(name, 'laptop')

/** Where a recording differs from its slide, apart from what wildcards stand for. */
export function drift({ id, block }: Take, cast: string | undefined): string[] {
  const spoken = cast === undefined ? [] : fromCast(cast).exchanges
  const said = (exchanges: { prompt: string; input: string }[]) =>
    exchanges.map(({ prompt, input }) => prompt + input).join('\n')
  if (said(spoken) !== said(block.exchanges))
    return [`${block.file}:${block.line}: slides/casts/${id}.cast has other commands`]
  return transcriptDrift(
    block.exchanges.map((exchange, index) => {
      const got = spoken[index].output
      return { block, exchange, got, comparison: compare(exchange.expected, got) }
    }),
  )
}
