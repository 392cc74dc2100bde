// A console block on a slide: the place of a terminal, with the transcript for where there is none.
import { escapeHtml } from './html'
import type { Console } from './deck'

const prompt = /^(\$ |container:\S*# )(.*)$/

export function parseConsole(slide: string, number: number, step: number, info: string[], body: string): Console {
  const [terminal = 'host', ...words] = info
  return {
    id: `${slide}-${number}`,
    terminal,
    step,
    commands: body.split('\n').flatMap((line) => prompt.exec(line)?.[2] ?? []),
    options: Object.fromEntries(words.map((word) => word.split('=') as [string, string])),
  }
}

export function renderConsole({ id, terminal, step, commands, options }: Console, body: string): string {
  const attributes = Object.entries({
    'data-console': id,
    'data-terminal': terminal,
    'data-step': `${step}`,
    'data-commands': JSON.stringify(commands),
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [`data-${name}`, value])),
  }).map(([name, value]) => `${name}="${escapeHtml(value)}"`)
  const lines = body.replace(/\n$/, '').split('\n').map(renderLine)
  return (
    `<figure class="console" ${attributes.join(' ')}><figcaption>${escapeHtml(terminal)}</figcaption>` +
    `<pre tabindex="0" aria-label="What is typed and shown: ${escapeHtml(terminal)}">${lines.join('')}</pre></figure>`
  )
}

function renderLine(line: string): string {
  const [, sign, input] = prompt.exec(line) ?? []
  if (sign) return `<span class="input"><span class="prompt">${escapeHtml(sign)}</span>${escapeHtml(input)}\n</span>`
  const text = escapeHtml(line).replace(/&lt;(\w+)&gt;/g, '<i>$1</i>')
  return `<span class="output">${line === '...' ? '⋮' : text || ' '}\n</span>`
}
