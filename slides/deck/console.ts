// A console block on a slide: the place for a terminal, and the transcript to show without one.
import { type Block, parseBlocks } from '../../tools/console/blocks'
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
  const lines = transcript(block)
  const size = textSize(lines.map(({ text }) => text))
  const label = escapeHtml(terminal)
  const shown = lines.map(({ html }) => html).join('')
  return (
    `<figure class="console ${size}" ${attributes.join(' ')}><figcaption>${label}</figcaption>` +
    `<pre tabindex="0" aria-label="Transcript of the terminal ${label}">${shown}</pre></figure>`
  )
}

const transcript = ({ before, exchanges }: Block) => [
  ...before.map(output),
  ...exchanges.flatMap(({ prompt, input, expected }) => [
    ...input.split('\n').map((line, index) => typed(index ? '> ' : prompt, line)),
    ...expected.map(output),
  ]),
]

const typed = (prompt: string, input: string) => ({
  text: prompt + input,
  html: `<span class="input"><span class="prompt">${escapeHtml(prompt)}</span>${escapeHtml(input)}\n</span>`,
})

// What differs from run to run has a name in angle brackets.
function output(text: string) {
  const shown = escapeHtml(text).replace(
    /&lt;(\w+)&gt;/g,
    (_, name) => `<i>${name === 'any' ? '…' : name}</i>`,
  )
  return { text, html: `<span class="output">${text === '...' ? '⋮' : shown || ' '}\n</span>` }
}
