// A console block on a slide: the place for a terminal, and the transcript to show without one.
import { type Block, type Exchange, parseBlocks } from '../../tools/console/blocks'
import { differing } from '../../tools/console/match'
import type { Side } from '../../tools/console/session'
import { fromCast, readCast } from './casts'
import { escapeHtml, textSize } from './html'

/** A console block of a slide: `id` is its data-console, and the name of its recording. */
export type Console = {
  id: string
  terminal: string
  step: number
  commands: string[]
  /** Whose prompt each of them is for. */
  sides: Side[]
  options: Record<string, string>
}

/** `fence` is the whole fenced block. */
export function renderConsole(id: string, step: number, fence: string, place: string) {
  const [block] = parseBlocks(fence, place)
  const { terminal, options, exchanges } = block
  const commands = exchanges.map(({ input }) => input)
  const sides = exchanges.map(({ prompt }): Side => (prompt === '$ ' ? 'host' : 'container'))
  const console: Console = { id, terminal, step, options, commands, sides }
  return { console, html: render(console, block) }
}

function render({ id, terminal, step, options, commands, sides }: Console, block: Block): string {
  const lists = { commands: JSON.stringify(commands), sides: sides.join(' ') }
  const data = { console: id, terminal, step, ...lists, ...options }
  const attributes = Object.entries(data).map(
    ([name, value]) => `data-${name}="${escapeHtml(`${value}`)}"`,
  )
  const texts = [block.before, ...block.exchanges.map(said)].flat()
  const recorded = fromCast(readCast(id) ?? '{}').exchanges
  const label = escapeHtml(terminal)
  const exchanges = block.exchanges.map((exchange, index) => {
    const { input, output } = recorded[index] ?? {}
    return exchanged(exchange, input === exchange.input ? output : [])
  })
  const shown = printed(block.before) + exchanges.join('')
  return (
    `<figure class="console ${textSize(texts)}" ${attributes.join(' ')}><figcaption>${label}</figcaption>` +
    `<pre tabindex="0" aria-label="Transcript of the terminal ${label}">${shown}</pre></figure>`
  )
}

const typed = ({ prompt, input }: Exchange): [string, string][] =>
  input.split('\n').map((line, index) => [index ? '> ' : prompt, line])

const said = (exchange: Exchange) => [
  ...typed(exchange).map((parts) => parts.join('')),
  ...exchange.expected,
]

/** The results that a slide tells: a live deck hides them, until the terminal shows them. */
function exchanged(exchange: Exchange, recorded: string[]): string {
  const { expected } = exchange
  const inputs = typed(exchange).map(
    ([prompt, line]) =>
      `<span class="input"><span class="prompt">${escapeHtml(prompt)}</span>${escapeHtml(line)}\n</span>`,
  )
  const tells = expected.some((line) => line !== '...')
  const result = tells
    ? `<span class="result">${printed(expected, recorded)}</span>`
    : printed(expected)
  return inputs.join('') + result
}

/** Lines as the slide has them; for what differs from run to run, what was recorded. */
function printed(lines: string[], recorded: string[] = []): string {
  let from = 0
  return lines
    .map((line) => {
      const found = recorded.findIndex((got, at) => at >= from && differing(line, got))
      if (found >= 0) from = found + 1
      const shown =
        found < 0 ? named(line) : marked(recorded[found], differing(line, recorded[found]))
      return `<span class="output">${line === '...' ? '…' : shown || ' '}\n</span>`
    })
    .join('')
}

// Without a recording, it has a name in angle brackets.
const named = (line: string) =>
  escapeHtml(line).replace(/&lt;(\w+)&gt;/g, (_, name) => `<i>${name === 'any' ? '…' : name}</i>`)

function marked(text: string, ranges: [number, number][] = []): string {
  let html = ''
  let at = 0
  for (const [from, to] of ranges) {
    html += `${escapeHtml(text.slice(at, from))}<i>${escapeHtml(text.slice(from, to))}</i>`
    at = to
  }
  return html + escapeHtml(text.slice(at))
}
