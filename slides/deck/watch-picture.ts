// README's picture of `watch`: what it shows of a program of step 4 that lacks MS_PRIVATE.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import chalk from 'chalk'
import { Judge } from '../../tools/companion/client'
import type { Judgement } from '../../tools/companion/judgement'
import { reference } from '../../tools/companion/learner'
import { view } from '../../tools/companion/watch/view'
import { at, root } from '../../tools/setup/project.mjs'
import { Problem } from '../../tools/setup/terminal.mjs'
import { escapeHtml } from './html'

const step = '04-mount'
const forgotten = "  mount(null, '/', null, MS_REC | MS_PRIVATE)\n"
const cause = 'not-private'
const size = { columns: 80, rows: 24 }

/** Has the program judged; resolves to the picture's path. */
export async function takeWatch(): Promise<string> {
  const { judgement, took } = await judged()
  chalk.level = 1
  const { lines } = view({ step, judgement, took, hints: { [cause]: 1 }, scroll: 0 }, size)
  const path = at('slides', 'screenshots', 'watch.svg')
  writeFileSync(path, picture(lines))
  return path
}

/** The verdict, and in how many seconds: as in `watch`, the judge is there already. */
async function judged(): Promise<{ judgement?: Judgement; took: number }> {
  const text = reference(step)['main.ts'] ?? ''
  if (!text.includes(forgotten)) throw new Problem(`main.ts of ${step} lacks: ${forgotten.trim()}`)
  const folder = at('build', 'watch-picture')
  const main = join(folder, 'main.ts')
  mkdirSync(folder, { recursive: true })
  writeFileSync(main, text.replace(forgotten, ''))
  const judge = await Judge.start()
  try {
    const begin = performance.now()
    const judgement = await judge.judge({ main: relative(root, main), step })
    return { judgement, took: (performance.now() - begin) / 1000 }
  } finally {
    await judge.close()
    rmSync(folder, { recursive: true })
  }
}

const [letter, line, edge] = [8.4, 18, 12]
const colours = { paper: '#1a1b26', ink: '#c0caf5' }

/** What select graphic rendition means here: see console_codes(4). */
const styles: Record<string, string> = {
  1: 'font-weight="bold"',
  2: 'opacity=".6"',
  7: `fill="${colours.paper}"`,
  31: 'fill="#f7768e"',
  32: 'fill="#9ece6a"',
  33: 'fill="#e0af68"',
  36: 'fill="#7dcfff"',
}

function picture(lines: string[]): string {
  const [width, height] = [size.columns * letter + 2 * edge, lines.length * line + 2 * edge]
  const font = 'ui-monospace,Menlo,Consolas,monospace'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}" font-size="14" fill="${colours.ink}"><title>npm run watch: one claim of step 4 fails</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${colours.paper}"/>`,
    ...lines.flatMap(row),
    '</svg>\n',
  ].join('\n')
}

function row(text: string, index: number): string[] {
  const y = edge + index * line
  let column = 0
  const spans: string[] = []
  const grounds: string[] = []
  // A sequence of codes, or what stands between two of them.
  let style = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes of the terminal
  for (const [, code, words = ''] of text.matchAll(/\x1b\[(\d+)m|([^\x1b]+)/g)) {
    if (code) style = styles[code] ?? ''
    const [x, width] = [edge + column * letter, words.length * letter].map((one) => one.toFixed(1))
    column += words.length
    if (words.trim() || style === styles[7])
      spans.push(
        `<tspan x="${x}" ${style} textLength="${width}">${escapeHtml(words.replaceAll(' ', '\u00a0'))}</tspan>`,
      )
    if (words && style === styles[7])
      grounds.push(
        `<rect x="${x}" y="${y}" width="${width}" height="${line}" fill="${colours.ink}"/>`,
      )
  }
  return spans.length ? [...grounds, `<text y="${y + 14}">${spans.join('')}</text>`] : []
}
