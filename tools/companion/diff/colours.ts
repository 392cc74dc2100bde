// Source lines in colour: the language's from shiki, on a background for what changed.
import chalk, { type ChalkInstance } from 'chalk'
import { createHighlighterCore, type ThemedToken } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import wrapAnsi from 'wrap-ansi'
import type { Line, Span } from './change'

/** A piece of a line and how it is painted. */
export type Piece = { text: string; paint: ChalkInstance }

export type Painter = (line: Line, tokens: ThemedToken[] | undefined) => Piece[]
export type Theme = { tokens(text: string): ThemedToken[][]; pieces: Painter }

// For lines, and for the words that changed in them: in true colour, and the nearest of 256 colours
// that is still red or green.
const shades = {
  dark: {
    grey: '#b5bdc7',
    '-': [
      ['#3c1a1e', 52],
      ['#7d2b33', 88],
    ],
    '+': [
      ['#12301c', 22],
      ['#1d6b38', 28],
    ],
  },
  light: {
    grey: '#57606a',
    '-': [
      ['#ffebe9', 224],
      ['#ffb8b0', 217],
    ],
    '+': [
      ['#e6ffec', 194],
      ['#99e6a8', 157],
    ],
  },
} as const

// Both themes use it for comments, and on red and green it's hard to read.
const grey = '#6a737d'

// Terminals that tell their colours do so in this variable: foreground;background.
const isLight = () => ['7', '15'].includes(process.env.COLORFGBG?.split(';').at(-1) ?? '')

export async function theme(light = isLight()): Promise<Theme> {
  // With 16 colours, the language's would clash with those of the change.
  if (chalk.level < 2) return { tokens: () => [], pieces: plain }
  const name = light ? 'github-light' : 'github-dark'
  const highlighter = await createHighlighterCore({
    langs: [import('shiki/langs/typescript.mjs')],
    themes: [
      light ? import('shiki/themes/github-light.mjs') : import('shiki/themes/github-dark.mjs'),
    ],
    engine: createJavaScriptRegexEngine(),
  })
  const { fg } = highlighter.getTheme(name)
  return {
    tokens: (text) => highlighter.codeToTokensBase(text, { lang: 'typescript', theme: name }),
    pieces: (line, tokens) => coloured(line, tokens ?? [], light ? shades.light : shades.dark, fg),
  }
}

function plain(line: Line): Piece[] {
  const paint = line.kind === '-' ? chalk.red : line.kind === '+' ? chalk.green : chalk
  const spans = line.spans ?? [{ text: line.text, changed: false }]
  return spans.map(({ text, changed }) => ({ text, paint: changed ? paint.inverse : paint }))
}

type Shades = (typeof shades)['dark' | 'light']

function coloured(line: Line, tokens: ThemedToken[], shades: Shades, foreground: string): Piece[] {
  const grounds = line.kind === '-' || line.kind === '+' ? shades[line.kind] : undefined
  const paint = (color: string | undefined, changed: boolean) => {
    // The theme's own foreground could vanish on the terminal's background.
    const ink = color && color.toLowerCase() !== foreground.toLowerCase() ? chalk.hex(color) : chalk
    if (!grounds) return ink
    const onGround = color?.toLowerCase() === grey ? chalk.hex(shades.grey) : ink
    const [hex, ansi] = grounds[changed ? 1 : 0]
    return chalk.level === 2 ? onGround.bgAnsi256(ansi) : onGround.bgHex(hex)
  }
  const coloursAt = tokens.flatMap(({ content, color }) => Array.from(content, () => color))
  const changedAt = (line.spans ?? [{ text: line.text, changed: false }]).flatMap((span: Span) =>
    Array.from(span.text, () => span.changed),
  )
  const pieces: (Piece & { key: string })[] = []
  Array.from(line.text).forEach((character, at) => {
    const [color, changed] = [coloursAt[at], changedAt[at] ?? false]
    const key = `${color} ${changed}`
    const last = pieces.at(-1)
    if (last?.key === key) last.text += character
    else pieces.push({ key, text: character, paint: paint(color, changed) })
  })
  return pieces
}

/** Breaks pieces into lines of a width, between words, and fills them up. */
export function inLines(pieces: Piece[], width: number): string[] {
  const text = pieces.map(({ text }) => text).join('')
  // The lines below the first are indented as it is.
  const indent = Math.min(text.search(/\S|$/), Math.floor(width / 2))
  const options = { hard: true, trim: false }
  const [first = '', ...more] = wrapAnsi(text.slice(indent), width - indent, options).split('\n')
  const left = pieces.map((piece) => ({ ...piece }))
  return [
    fill(take(left, indent + first.length), indent + first.length, width),
    ...more.map((line) =>
      fill(' '.repeat(indent) + take(left, line.length), indent + line.length, width),
    ),
  ]
}

const fill = (text: string, length: number, width: number) =>
  text + ' '.repeat(Math.max(0, width - length))

/** Takes that many characters off the pieces, and paints them. */
function take(pieces: Piece[], length: number): string {
  const [piece] = pieces
  if (!piece || length === 0) return ''
  const text = piece.text.slice(0, length)
  piece.text = piece.text.slice(length)
  if (piece.text === '') pieces.shift()
  return piece.paint(text) + take(pieces, length - text.length)
}
