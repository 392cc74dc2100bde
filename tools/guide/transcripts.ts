// The console blocks of a chapter, typed in order on a machine made for them.
import type { Block, Exchange } from '../console/blocks'
import { type Comparison, compare, merge } from '../console/match'
import type { Session } from '../console/session'
import { Problem } from '../setup/terminal.mjs'
import { cgroupVersion, startMachine } from './machine'

export type Played =
  | { block: Block; skipped: string }
  | { block: Block; exchange: Exchange; got: string[]; comparison: Comparison }

/** What types a line and gives the answer. */
export type Terminal = Pick<Session, 'prompted' | 'run'>

/** Types all blocks, as root or as an ordinary user. Fails if a terminal shows no prompt. */
export async function play(blocks: Block[], { user = false } = {}): Promise<Played[]> {
  if (blocks.length === 0) return []
  const machine = await startMachine({ user })
  try {
    return await typeAll(blocks, () => machine.terminal())
  } finally {
    await machine.close()
  }
}

/** Types them in order, and opens each terminal when its name first appears. */
export async function typeAll(blocks: Block[], open: () => Terminal): Promise<Played[]> {
  const terminals = new Map<string, Terminal>()
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

async function answer(
  terminal: Terminal,
  block: Block,
  { prompt, input, line }: Exchange,
  played: Played[],
): Promise<string[]> {
  try {
    // If another terminal ended this one's container, the host's prompt comes back a moment later.
    await terminal.prompted(prompt === '$ ' ? 'host' : 'container')
    return await terminal.run(input)
  } catch (error) {
    // What went wrong before tells more than what it led to.
    throw new Problem(
      [...drift(played), `${block.file}:${line}: ${(error as Error).message}`].join('\n'),
    )
  }
}

function notHere({ cgroup }: Block['options']): string | undefined {
  if (cgroup === undefined || cgroup === cgroupVersion) return undefined
  return `it is for hosts with cgroup ${cgroup}, and this one has ${cgroupVersion}`
}

/** File, line, expected and got, for everything that differs. */
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

/** The text, with what was seen in place of what differs. */
export function rewrite(markdown: string, played: Played[]): string {
  const lines = markdown.split('\n')
  for (const one of played.toReversed()) {
    if ('skipped' in one || one.comparison.ok) continue
    const { line, input, expected } = one.exchange
    lines.splice(line - 1 + input.split('\n').length, expected.length, ...merge(expected, one.got))
  }
  return lines.join('\n')
}
