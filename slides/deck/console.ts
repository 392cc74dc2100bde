// A console block on a slide: the place of a terminal, with the transcript for where there is none.
import { type Block, parseBlocks } from '../../tools/console/blocks'
import { size } from './change'
import type { Console } from './deck'
import { escapeHtml } from './html'

/** `info` is the first line of the fenced block, without its fence. */
export function renderConsole(id: string, step: number, info: string, body: string, file: string) {
  const [block] = parseBlocks(`\`\`\`${info}\n${body}\n\`\`\``, file)
  const { terminal, options, exchanges } = block
  const found: Console = {
    id,
    terminal,
    step,
    options,
    commands: exchanges.map(({ input }) => input),
  }
  return { console: found, html: render(found, block, size(body.split('\n'))) }
}

function render(
  { id, terminal, step, options, commands }: Console,
  block: Block,
  textSize: string,
): string {
  const attributes = Object.entries({
    'data-console': id,
    'data-terminal': terminal,
    'data-step': `${step}`,
    'data-commands': JSON.stringify(commands),
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [`data-${name}`, value])),
  }).map(([name, value]) => `${name}="${escapeHtml(value)}"`)
  return (
    `<figure class="console ${textSize}" ${attributes.join(' ')}><figcaption>${escapeHtml(terminal)}</figcaption>` +
    `<pre tabindex="0" aria-label="What is typed and shown: ${escapeHtml(terminal)}">${transcript(block)}</pre></figure>`
  )
}

const transcript = ({ before, exchanges }: Block) =>
  [
    ...before.map(output),
    ...exchanges.flatMap(({ prompt, input, expected }) => [
      ...input.split('\n').map((line, index) => typed(index ? '> ' : prompt, line)),
      ...expected.map(output),
    ]),
  ].join('')

const typed = (prompt: string, input: string) =>
  `<span class="input"><span class="prompt">${escapeHtml(prompt)}</span>${escapeHtml(input)}\n</span>`

// What varies has a name in angle brackets.
function output(line: string): string {
  const text = escapeHtml(line).replace(
    /&lt;(\w+)&gt;/g,
    (_, name) => `<i>${name === 'any' ? '…' : name}</i>`,
  )
  return `<span class="output">${line === '...' ? '⋮' : text || ' '}\n</span>`
}
