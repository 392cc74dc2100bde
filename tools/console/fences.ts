// Fenced code blocks of a Markdown text, with the lines they stand on.

export type Fence = {
  /** Of the opening fence, counted from 1. */
  line: number
  /** The words behind the opening fence. */
  info: string[]
  lines: string[]
}

/** https://spec.commonmark.org/0.31.2/#fenced-code-blocks, without containers such as lists. */
export function fences(markdown: string): Fence[] {
  const found: Fence[] = []
  let open: (Fence & { fence: string }) | undefined
  for (const [index, text] of markdown.split('\n').entries()) {
    if (!open) {
      const [, fence, info] = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(text) ?? []
      if (fence) open = { fence, line: index + 1, info: info.trim().split(/\s+/), lines: [] }
    } else if (closes(text, open.fence)) {
      found.push({ line: open.line, info: open.info, lines: open.lines })
      open = undefined
    } else open.lines.push(text)
  }
  if (open) throw new Error(`the code block that begins in line ${open.line} has no end`)
  return found
}

function closes(text: string, fence: string): boolean {
  const mark = text.trim()
  return mark.length >= fence.length && mark === fence[0].repeat(mark.length) && !/^ {4}/.test(text)
}
