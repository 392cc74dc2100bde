// A console block on a slide: the place for a terminal, and the transcript to show without one.
import { type Block, type Exchange, parseBlocks } from '../../tools/console/blocks'
import type { Side } from '../../tools/console/session'
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
  const label = escapeHtml(terminal)
  const shown = [printed(block.before), ...block.exchanges.map(exchanged)].join('')
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
function exchanged(exchange: Exchange): string {
  const { expected } = exchange
  const inputs = typed(exchange).map(
    ([prompt, line]) =>
      `<span class="input"><span class="prompt">${escapeHtml(prompt)}</span>${escapeHtml(line)}\n</span>`,
  )
  const tells = expected.some((line) => line !== '...')
  const result = tells ? `<span class="result">${printed(expected)}</span>` : printed(expected)
  return inputs.join('') + result
}

// What differs from run to run has a name in angle brackets.
const printed = (lines: string[]) =>
  lines
    .map((line) => {
      const shown = escapeHtml(line).replace(
        /&lt;(\w+)&gt;/g,
        (_, name) => `<i>${name === 'any' ? '…' : name}</i>`,
      )
      return `<span class="output">${line === '...' ? '…' : shown || ' '}\n</span>`
    })
    .join('')
