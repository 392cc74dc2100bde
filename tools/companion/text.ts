// Lines for a terminal: plain text is wrapped first and coloured afterwards, so that no colour counts as width.

/** Breaks a text into lines of at most `width` characters, at spaces where there are any. Line ends in it are kept. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(width, 8)))
}

function wrapLine(line: string, width: number): string[] {
  const whole = line.trimEnd()
  if (whole.length <= width) return [whole]
  const lines: string[] = []
  const indented = /^ */.exec(whole)?.[0] ?? ''
  // An indentation that left no room for words would never end.
  const indent = indented.slice(0, width / 2)
  let rest = indent + whole.slice(indented.length)
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const end = space > indent.length ? space : width
    lines.push(rest.slice(0, end).trimEnd())
    rest = indent + rest.slice(end).trimStart()
  }
  return [...lines, rest]
}

/** A text under a label, its further lines below its first. */
export function labelled(label: string, text: string, width: number, room = 11): string[] {
  const lines = wrap(text, width - room)
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(room)}${line}`.trimEnd())
}

/** One line of at most `width` characters. */
export const cut = (text: string, width: number) =>
  text.length <= width
    ? text
    : `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, Math.max(0, width))
