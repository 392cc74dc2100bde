// Lines for a terminal: text is wrapped first and coloured afterwards.
import wrapAnsi from 'wrap-ansi'

/** Breaks a text into lines of at most `width` columns, which keep the indentation of the first. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(width, 8)
  return text.split('\n').flatMap((line) => {
    const words = line.trimStart()
    // An indentation as wide as the terminal would leave no room for words.
    const indent = line.slice(0, line.length - words.length).slice(0, room / 2)
    const lines = wrapAnsi(words, room - indent.length, { hard: true }).split('\n')
    return lines.map((part) => `${indent}${part}`.trimEnd())
  })
}

/** A text beside a label; its further lines go below its first. */
export function labelled(label: string, text: string, width: number, room = 12): string[] {
  const lines = wrap(text, width - room)
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(room)}${line}`.trimEnd())
}

/** One line of at most `width` columns. */
export function cut(text: string, width: number): string {
  if (width < 2) return '…'.slice(0, Math.max(width, 0))
  const [whole, more] = hard(text, width)
  return more === undefined ? (whole as string) : `${hard(text, width - 1)[0]}…`
}

const hard = (text: string, width: number) =>
  wrapAnsi(text, width, { hard: true, wordWrap: false, trim: false }).split('\n')
