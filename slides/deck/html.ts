// HTML that the slides and the papers share.

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => entities[character])

/** Text with \`code\` in it. */
export const inline = (text: string) => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** `03` for step 3; nothing for the opening and the closing. */
export const stepNumber = (step: number) => (step ? String(step).padStart(2, '0') : '')

/** A chapter's title, after the number of its step. */
export const numbered = ({ step, title }: { step: number; title: string }) =>
  `${step ? `<b>${stepNumber(step)}</b> ` : ''}${escapeHtml(title)}`

/** Seconds, or minutes, as 1:05. */
export const clock = (count: number) =>
  `${Math.floor(count / 60)}:${String(count % 60).padStart(2, '0')}`

/** The class of the largest text these lines fit in. */
export function textSize(lines: string[]): string {
  const longest = Math.max(...lines.map((line) => line.length))
  if (lines.length <= 9 && longest <= 66) return 'large'
  return lines.length <= 13 && longest <= 76 ? 'medium' : 'small'
}
