// The console blocks of a chapter, typed in order on a machine of their own.
import type { Block, Exchange } from '../console/blocks'
import { type Comparison, compare, merge } from '../console/match'
import type { Session } from '../console/session'
import type { Chapter } from './chapters'
import { type CgroupVersion, cgroupVersion, Machine } from './machine'

export type Played =
  | { block: Block; skipped: string }
  | { block: Block; exchange: Exchange; got: string[]; comparison: Comparison }

/** Types everything of a chapter, as root or as an ordinary user; fails when a terminal gives no prompt. */
export async function play(
  chapter: Pick<Chapter, 'blocks'>,
  { user = false } = {},
): Promise<Played[]> {
  if (chapter.blocks.length === 0) return []
  const machine = await Machine.start({ user })
  try {
    return await typeAll(chapter.blocks, () => machine.terminal())
  } finally {
    await machine.close()
  }
}

/** Types them in order; a terminal is opened when its name comes first. */
export async function typeAll(blocks: Block[], open: () => Session): Promise<Played[]> {
  const terminals = new Map<string, Session>()
  const played: Played[] = []
  for (const block of blocks) {
    const skipped = notHere(block.options)
    if (skipped) {
      played.push({ block, skipped })
      continue
    }
    const terminal = terminals.get(block.terminal) ?? open()
    terminals.set(block.terminal, terminal)
    for (const exchange of block.exchanges) {
      const got = await answer(terminal, block, exchange, played)
      played.push({ block, exchange, got, comparison: compare(exchange.expected, got) })
    }
  }
  return played
}

/** How long a command may take; a machine under load starts a container slowly. */
const PATIENCE = 60_000 * Number(process.env.TEST_SLOWNESS ?? 1)

async function answer(
  terminal: Session,
  block: Block,
  { prompt, input, line }: Exchange,
  played: Played[],
): Promise<string[]> {
  try {
    // A container that was ended from another terminal leaves the host's prompt a moment later.
    await terminal.prompted(prompt === '$ ' ? 'host' : 'container', PATIENCE)
    return await terminal.run(input, PATIENCE)
  } catch (error) {
    // What went wrong before is more telling than what it led to.
    throw new Error(
      [...drift(played), `${block.file}:${line}: ${(error as Error).message}`].join('\n'),
    )
  }
}

function notHere({ cgroup }: Block['options']): string | undefined {
  if (cgroup === undefined || cgroup === (cgroupVersion satisfies CgroupVersion)) return undefined
  return `it is for hosts with cgroup ${cgroup}, and this one has ${cgroupVersion}`
}

/** File, line, expected and got of everything that differs. */
export function drift(played: Played[]): string[] {
  return played.flatMap((one) => {
    if ('skipped' in one || one.comparison.ok) return []
    const { block, exchange, comparison, got } = one
    const line = exchange.line + exchange.input.split('\n').length + comparison.index
    return [
      `${block.file}:${line}: \`${exchange.input}\`\n` +
        `  expected: ${comparison.expected ?? '(no more lines)'}\n` +
        `       got: ${comparison.got ?? '(no more lines)'}\n` +
        `  all of it: ${got.join('\n             ') || '(nothing)'}`,
    ]
  })
}

/** The text with what was seen where it differs from what is printed. */
export function rewrite(markdown: string, played: Played[]): string {
  const lines = markdown.split('\n')
  for (const one of played.toReversed()) {
    if ('skipped' in one || one.comparison.ok) continue
    const { line, input, expected } = one.exchange
    lines.splice(line - 1 + input.split('\n').length, expected.length, ...merge(expected, one.got))
  }
  return lines.join('\n')
}
